import { formatHost, type Host, parseHost } from './host.ts';

/** What a client of the proxy wants to reach. */
export interface Destination {
  readonly host: Host;
  /** 1 to 65535. */
  readonly port: number;
}

/** The destination of an HTTP request that names a whole URL, with the path that its server is asked for. */
export interface HttpTarget extends Destination {
  /** For the header of that name; without the port that http has anyway. */
  readonly authority: string;
  readonly path: string;
}

const AUTHORITY = /^(\[[^\]]*\]|[^:]*):([0-9]{1,5})$/;
/** Visible ASCII alone: the rest would have been encoded. */
const HTTP_URL = /^http:\/\/([^/?#]*)([!"$-~]*)(?:#|$)/i;
const HTTP_PORT = 80;

/** Reads `host:port`, as in `CONNECT example.org:443`. Undefined when it is anything else. */
export function parseAuthority(text: string): Destination | undefined {
  const [, name = '', digits = ''] = AUTHORITY.exec(text) ?? [];
  const host = parseHost(name);
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}

/** Reads `http://host[:port]/path?query`. Undefined for another protocol, a user in it, or no URL at all. */
export function parseHttpTarget(text: string): HttpTarget | undefined {
  const [, authority = '', path = ''] = HTTP_URL.exec(text) ?? [];
  const hasPort = /:[0-9]+$/.test(authority);
  const found = parseAuthority(hasPort ? authority : `${authority}:${HTTP_PORT}`);
  if (found === undefined) return undefined;
  const name = formatHost(found.host);
  return {
    ...found,
    authority: found.port === HTTP_PORT ? name : `${name}:${found.port}`,
    path: path.startsWith('/') ? path : `/${path}`,
  };
}
