/** The service worker of WhatsApp Web; Baileys' own `fetchLatestWaWebVersion` reads the same. */
const PATH = '/sw.js';
const REVISION = /\\?"client_revision\\?":\s*(\d{1,12})/;
const DEADLINE_MS = 8_000;
/** Far above the real one, some 10 KB. */
const MAX_BYTES = 4_000_000;

export interface ServedVersion {
  /** The last part of `2.3000.<revision>`; undefined when the server did not tell. */
  readonly revision?: number;
  /** The server's clock, unix milliseconds. */
  readonly serverTime?: number;
}

/** Which revision WhatsApp Web itself has now, by the server of the endpoint. Rejects only when the signal aborts. */
export async function fetchServedVersion(
  endpoint: URL,
  signal: AbortSignal,
): Promise<ServedVersion> {
  const url = new URL(PATH, endpoint);
  url.protocol = endpoint.protocol === 'ws:' ? 'http:' : 'https:';
  try {
    const response = await fetch(url, {
      headers: { 'sec-fetch-site': 'none' },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    const serverTime = Date.parse(response.headers.get('date') ?? '');
    const revision = response.ok ? REVISION.exec(await readBeginning(response))?.[1] : undefined;
    return {
      ...(Number.isNaN(serverTime) ? {} : { serverTime }),
      ...(revision === undefined ? {} : { revision: Number(revision) }),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return {};
  }
}

async function readBeginning({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    text += decoder.decode(chunk, { stream: true });
    if (size > MAX_BYTES) break;
  }
  return text;
}
