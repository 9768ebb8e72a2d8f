import type { IncomingHttpHeaders } from 'node:http';
import type { HeaderReader } from '@deckhand/protocol';

/** What a container's request may say beside its body. Never who it is: that is the host's to add. */
const REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'anthropic-beta',
  'anthropic-version',
  'content-type',
  'openai-beta',
  'originator',
  'session-id',
  'user-agent',
  'x-app',
  'x-openai-internal-codex-responses-lite',
]);
const REQUEST_PREFIXES = ['x-stainless-'];

/** What an answer may say beside its body: limits and names of requests, no cookie and no account. */
const RESPONSE_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-type',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-request-id',
  'x-should-retry',
]);
const RESPONSE_PREFIXES = ['anthropic-ratelimit-', 'x-codex-', 'x-ratelimit-'];

export type PlainHeaders = Readonly<Record<string, string>>;

export function allowedRequestHeaders(headers: IncomingHttpHeaders): PlainHeaders {
  return pick(headers, REQUEST_HEADERS, REQUEST_PREFIXES);
}

export function allowedResponseHeaders(headers: IncomingHttpHeaders): PlainHeaders {
  return pick(headers, RESPONSE_HEADERS, RESPONSE_PREFIXES);
}

function pick(
  headers: IncomingHttpHeaders,
  names: ReadonlySet<string>,
  prefixes: readonly string[],
): PlainHeaders {
  const isAllowed = (name: string) =>
    names.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && isAllowed(name) ? [[name, value]] : [],
    ),
  );
}

export function headerReader(headers: IncomingHttpHeaders): HeaderReader {
  return {
    get: (name) => {
      const value = headers[name];
      return typeof value === 'string' ? value : null;
    },
  };
}
