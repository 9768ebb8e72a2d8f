import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isSame, sessionOf } from './token.ts';

/** What the gate found wrong with a request. */
export type Refusal = 'host' | 'origin' | 'site' | 'session';

export interface GateDeps {
  readonly token: string;
  /** Where the server listens; known when the first request comes. */
  readonly port: () => number;
  readonly refuse: (c: Context, refusal: Refusal) => Response | Promise<Response>;
}

/** What holds no data of the installation, and the page that says how to come in needs. */
const PUBLIC = /^\/assets\//;

/**
 * Lets a browser in that has shown the token. The `Host` is checked because another name that resolves to
 * 127.0.0.1 would make a foreign page one of ours; the `Origin` because cookies do not tell ports apart, so a page
 * of another server on this machine counts as the same site.
 */
export function createGate({ token, port, refuse }: GateDeps): MiddlewareHandler {
  const session = sessionOf(token);
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!isOwnHost(host, port())) return refuse(c, 'host');
    if (isForeignFetch(c)) return refuse(c, 'site');
    const isReading = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (!isReading && c.req.header('origin') !== `http://${host}`) return refuse(c, 'origin');
    if (PUBLIC.test(c.req.path)) return next();
    if (c.req.path === '/enter') return enter(c, { token, session, port: port(), refuse });
    const shown = getCookie(c, cookieName(port())) ?? '';
    return isSame(shown, session) ? next() : refuse(c, 'session');
  };
}

/** Changes the token of the address for a cookie, so that it does not stay in the address bar. */
function enter(
  c: Context,
  { token, session, port, refuse }: Pick<GateDeps, 'token' | 'refuse'> & EnterParts,
): Response | Promise<Response> {
  if (!isSame(c.req.query('token') ?? '', token)) return refuse(c, 'session');
  setCookie(c, cookieName(port), session, { path: '/', httpOnly: true, sameSite: 'Strict' });
  return c.redirect('/', 303);
}

interface EnterParts {
  readonly session: string;
  readonly port: number;
}

/** Two installations on one machine: browsers keep cookies by host alone. */
function cookieName(port: number): string {
  return `deckhand_${port}`;
}

function isOwnHost(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

/** Browsers say who asks. Following a link to a page is fine, reading it from another page is not. */
function isForeignFetch(c: Context): boolean {
  const site = c.req.header('sec-fetch-site') ?? 'none';
  const isVisit = c.req.method === 'GET' && c.req.header('sec-fetch-mode') === 'navigate';
  return site !== 'none' && site !== 'same-origin' && !isVisit;
}
