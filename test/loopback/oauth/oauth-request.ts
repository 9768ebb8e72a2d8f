import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { plainError } from './oauth-error.ts';

export interface OAuthRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** `form`, `json`, or `other` when there is no body that is one of them. */
  readonly format: 'form' | 'json' | 'other';
  /** Fields of a form or a JSON object. */
  readonly body: Readonly<Record<string, string>>;
}

export async function readOAuthRequest(request: IncomingMessage): Promise<OAuthRequest> {
  const { method = 'GET', headers } = request;
  const url = new URL(request.url ?? '/', 'http://loopback');
  const format = formatOf(headers['content-type']);
  const body = parseBody(await text(request), format);
  return { method, path: url.pathname, query: fields(url.searchParams), headers, format, body };
}

/** The field of a body; throws an OAuthError when it is not there. */
export function requireField({ body }: OAuthRequest, name: string): string {
  const value = body[name];
  if (value === undefined) throw plainError('invalid_request', `${name} is missing.`);
  return value;
}

function formatOf(contentType = ''): OAuthRequest['format'] {
  if (contentType.startsWith('application/x-www-form-urlencoded')) return 'form';
  return contentType.startsWith('application/json') ? 'json' : 'other';
}

function parseBody(content: string, format: OAuthRequest['format']): Record<string, string> {
  switch (format) {
    case 'form':
      return fields(new URLSearchParams(content));
    case 'json':
      return JSON.parse(content) as Record<string, string>;
    case 'other':
      return {};
    default:
      return format satisfies never;
  }
}

function fields(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(parameters);
}
