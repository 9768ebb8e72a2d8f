import type { DownloadOutcome } from '../../ports.ts';
import { waitUnlessAborted } from '../../wait.ts';
import { encryptedLimit, openMedia } from './media-crypto.ts';
import { type MediaSource, mediaSourceSchema, mediaUrl } from './media-source.ts';
import type { OpenSocket } from './socket.ts';

const TIMEOUT_MS = 60_000;
/** How long the sender's phone may take to upload a file again. */
const RENEW_TIMEOUT_MS = 30_000;
/** WhatsApp keeps files for some weeks; then its servers answer with one of these. */
const EXPIRED: ReadonlySet<number> = new Set([404, 410]);

export interface DownloadDeps {
  /** Undefined without a connection. */
  readonly socket: OpenSocket | undefined;
  /** The link goes to this machine: files may lie here too. */
  readonly isLoopback: boolean;
}

/** Fetches a file, checks it and decrypts it. Never rejects. */
export async function downloadMedia(
  source: string,
  maxBytes: number,
  deps: DownloadDeps,
  signal: AbortSignal,
): Promise<DownloadOutcome> {
  try {
    const wanted = mediaSourceSchema.parse(JSON.parse(source));
    const first = await fetchMedia(wanted, maxBytes, deps, signal);
    if (first !== 'expired') return first;
    if (deps.socket === undefined) return { status: 'offline' };
    const renewed = await renew(wanted, deps.socket, signal);
    if (renewed === undefined)
      return { status: 'failed', reason: 'WhatsApp has it no more', isFinal: false };
    const second = await fetchMedia(renewed, maxBytes, deps, signal);
    return second === 'expired'
      ? { status: 'failed', reason: 'WhatsApp has it no more', isFinal: true }
      : second;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 'failed', reason: reason.slice(0, 200), isFinal: false };
  }
}

async function fetchMedia(
  source: MediaSource,
  maxBytes: number,
  { socket, isLoopback }: DownloadDeps,
  signal: AbortSignal,
): Promise<DownloadOutcome | 'expired'> {
  const needsHost = isLoopback && source.directPath !== undefined;
  if (needsHost && socket === undefined) return { status: 'offline' };
  const url = mediaUrl(source, isLoopback ? await loopbackHost(needsHost, socket) : undefined);
  if (url === undefined)
    return { status: 'failed', reason: 'it does not lie with WhatsApp', isFinal: true };
  const stop = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const response = await fetch(url, {
    redirect: 'error',
    signal: stop,
    headers: { Origin: 'https://web.whatsapp.com' },
  });
  if (!response.ok) {
    await response.body?.cancel();
    if (EXPIRED.has(response.status)) return 'expired';
    return { status: 'failed', reason: `the server answered ${response.status}`, isFinal: false };
  }
  const encrypted = await readAtMost(response, encryptedLimit(maxBytes));
  if (encrypted === undefined) return { status: 'too_large' };
  const bytes = await openMedia(encrypted, source);
  return bytes === undefined
    ? { status: 'failed', reason: 'it is damaged', isFinal: true }
    : { status: 'downloaded', bytes };
}

async function loopbackHost(isNeeded: boolean, socket: OpenSocket | undefined): Promise<string> {
  if (!isNeeded || socket === undefined) return '127.0.0.1';
  const { hosts } = await socket.sock.refreshMediaConn(false);
  return hosts[0]?.hostname ?? '127.0.0.1';
}

/** Undefined when the body is larger. What the server announces is no guide. */
async function readAtMost(response: Response, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Asks the sender's phone for the file again. Undefined when it does not have it or does not answer. */
async function renew(
  source: MediaSource,
  { sock, ended }: OpenSocket,
  signal: AbortSignal,
): Promise<MediaSource | undefined> {
  const part: { mediaKey: Buffer; directPath?: string | null } = {
    mediaKey: Buffer.from(source.mediaKey, 'base64'),
  };
  const message = { [`${source.mediaType}Message`]: part };
  const asked = sock.updateMediaMessage({ key: source.key, message }).then(
    () => true,
    () => false,
  );
  const done = new AbortController();
  const late = waitUnlessAborted(
    RENEW_TIMEOUT_MS,
    AbortSignal.any([signal, ended, done.signal]),
  ).then(() => false);
  const isRenewed = await Promise.race([asked, late]);
  done.abort();
  if (!isRenewed || !part.directPath) return undefined;
  const { url: _url, ...rest } = source;
  return { ...rest, directPath: part.directPath };
}
