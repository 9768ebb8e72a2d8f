/** RFC 9110, 7.6.1, and those that are between a client and its proxy. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Never for the hop: a body without it would be taken for another request, to whatever host that one names. */
const LENGTH = 'content-length';

/** Lower-case names, each with all its values. */
export type DistinctHeaders = NodeJS.Dict<string[]>;

/** What of a message's headers is for its other end, not for this hop. */
export function endToEndHeaders(headers: DistinctHeaders): Record<string, string[]> {
  const named = (headers['connection'] ?? []).flatMap((value) =>
    value.split(',').map((name) => name.trim().toLowerCase()),
  );
  const isForHop = (name: string) =>
    HOP_BY_HOP.has(name) || (named.includes(name) && name !== LENGTH);
  const kept = Object.entries(headers).filter(
    ([name, values]) => values !== undefined && !isForHop(name),
  );
  return Object.fromEntries(kept) as Record<string, string[]>;
}
