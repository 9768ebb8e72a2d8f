import { z } from 'zod';
import { readCodexModels } from './codex-models.ts';
import { CLIENT_VERSION } from './server-sources.ts';

/** A list of models comes at once or not at all. */
const DEADLINE_MS = 10_000;
const ANTHROPIC_VERSION = '2023-06-01';

/** With what a server of models is asked. Base URLs as in the configuration, without a slash at their end. */
export type PingTarget =
  | {
      readonly kind: 'openai_key' | 'anthropic_key' | 'claude_token';
      readonly baseUrl: string;
      readonly secret: string;
    }
  | {
      readonly kind: 'chatgpt';
      readonly baseUrl: string;
      readonly secret: string;
      readonly accountId: string;
    };

export type PingOutcome =
  /** Names as the server has them; the list may go on. */
  | { readonly status: 'ok'; readonly models: readonly string[] }
  /** Any status but a good one. */
  | { readonly status: 'answered'; readonly code: number; readonly retryAfterSeconds?: number }
  /** A good status with something else than a list: somebody in between answers. */
  | { readonly status: 'no_list' }
  | { readonly status: 'timeout' }
  /** `code` is the operating system's or OpenSSL's, such as ECONNREFUSED. */
  | { readonly status: 'unreachable'; readonly code?: string };

export interface Ping {
  readonly outcome: PingOutcome;
  /** The server's clock, unix milliseconds, whole seconds. */
  readonly serverTime?: number;
}

const listSchema = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/**
 * Asks for the list of models: every server has one, it needs the credential, and it costs nothing. Redirects are not
 * followed, because the headers hold the credential. Rejects only when the signal aborts.
 */
export async function pingModelServer(
  target: PingTarget,
  signal: AbortSignal,
  deadlineMs = DEADLINE_MS,
): Promise<Ping> {
  try {
    const response = await fetch(urlOf(target), {
      headers: { accept: 'application/json', ...headersOf(target) },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
    });
    const serverTime = readDate(response.headers);
    const outcome = await readOutcome(target, response);
    return { outcome, ...(serverTime === undefined ? {} : { serverTime }) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return { outcome: readFailure(error) };
  }
}

function urlOf({ kind, baseUrl }: PingTarget): string {
  switch (kind) {
    case 'openai_key':
      return `${baseUrl}/models`;
    case 'anthropic_key':
    case 'claude_token':
      return `${baseUrl}/v1/models?limit=100`;
    case 'chatgpt':
      return `${baseUrl}/codex/models?client_version=${CLIENT_VERSION}`;
    default:
      return kind satisfies never;
  }
}

function headersOf(target: PingTarget): Record<string, string> {
  const bearer = { authorization: `Bearer ${target.secret}` };
  switch (target.kind) {
    case 'openai_key':
      return bearer;
    case 'anthropic_key':
      return { 'x-api-key': target.secret, 'anthropic-version': ANTHROPIC_VERSION };
    case 'claude_token':
      return {
        ...bearer,
        'anthropic-version': ANTHROPIC_VERSION,
        'anthropic-beta': 'oauth-2025-04-20',
      };
    case 'chatgpt':
      return { ...bearer, 'chatgpt-account-id': target.accountId, originator: 'deckhand' };
    default:
      return target satisfies never;
  }
}

async function readOutcome({ kind }: PingTarget, response: Response): Promise<PingOutcome> {
  if (!response.ok) {
    await response.body?.cancel();
    const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    const wait = Number.isNaN(seconds) ? {} : { retryAfterSeconds: seconds };
    return { status: 'answered', code: response.status, ...wait };
  }
  const value: unknown = await response.json();
  if (kind === 'chatgpt') {
    const read = readCodexModels(value);
    return read.ok
      ? { status: 'ok', models: read.models.map(({ live }) => live.model) }
      : { status: 'no_list' };
  }
  const parsed = listSchema.safeParse(value);
  return parsed.success
    ? { status: 'ok', models: parsed.data.data.map(({ id }) => id) }
    : { status: 'no_list' };
}

const causeSchema = z.object({ cause: z.object({ code: z.string() }) });

/** Never the message: fetch quotes a header that it cannot send, which is the credential. */
function readFailure(error: Error): PingOutcome {
  if (error instanceof SyntaxError) return { status: 'no_list' };
  if (error.name === 'TimeoutError') return { status: 'timeout' };
  const code = causeSchema.safeParse(error).data?.cause.code;
  return { status: 'unreachable', ...(code === undefined ? {} : { code }) };
}

function readDate(headers: Headers): number | undefined {
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? undefined : time;
}
