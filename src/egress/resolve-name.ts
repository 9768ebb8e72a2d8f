import { lookup, Resolver } from 'node:dns/promises';
import { isErrno } from '../errno.ts';

/** `found`: some of its addresses, one at least. `unknown`: there is no such name, or it has none. `failed`: nobody could say. */
export type Resolution =
  | { readonly status: 'found'; readonly addresses: readonly string[] }
  | { readonly status: 'unknown' }
  | { readonly status: 'failed' };

/** Never rejects. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<Resolution>;

export interface DnsOptions {
  /** `address` or `address:port`; those of this machine when absent. */
  readonly servers?: readonly string[];
  readonly timeoutMs: number;
  readonly tries: number;
}

const DEFAULTS: DnsOptions = { timeoutMs: 3_000, tries: 2 };
/**
 * Of each family. A name server of an agent's choice can say thousands; each is judged at every connection, and nobody
 * waits for the seventeenth to answer.
 */
const MAX_ADDRESSES = 16;
const NO_SUCH_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/**
 * Asks DNS by itself. The system's resolver would block one of the few threads that everything on this host shares for
 * as long as a name server of the agent's choice lets it wait.
 */
export function createDnsResolver(options: Partial<DnsOptions> = {}): ResolveName {
  const { servers, timeoutMs, tries } = { ...DEFAULTS, ...options };
  return async (name, signal) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries });
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.removeEventListener('abort', cancel);
    return toResolution(answers);
  };
}

function toResolution(answers: readonly PromiseSettledResult<string[]>[]): Resolution {
  const addresses = answers.flatMap((one) =>
    one.status === 'fulfilled' ? one.value.slice(0, MAX_ADDRESSES) : [],
  );
  if (addresses.length > 0) return { status: 'found', addresses };
  const isUnknown = answers.every((one) => one.status === 'fulfilled' || isNoSuchName(one.reason));
  return { status: isUnknown ? 'unknown' : 'failed' };
}

function isNoSuchName(reason: unknown): boolean {
  return [...NO_SUCH_NAME].some((code) => isErrno(reason, code));
}

/**
 * Asks as other programs of this machine do, with its hosts file and its names of the local network: for names that
 * the owner has listed, never for those of an agent's choice.
 */
export const lookUpOwnName: ResolveName = async (name) => {
  try {
    const found = await lookup(name, { all: true });
    return { status: 'found', addresses: found.map(({ address }) => address) };
  } catch (error) {
    return { status: isErrno(error, 'ENOTFOUND') ? 'unknown' : 'failed' };
  }
};
