import { parseIpAddress } from './ip-network.ts';

/**
 * Where a connection goes, in the one spelling that rules are compared with: a name in its ASCII form, lower case and
 * without a trailing dot, or an address, IPv6 without brackets.
 */
export interface Host {
  readonly kind: 'name' | 'address';
  readonly text: string;
}

/** RFC 1035, without the trailing dot. */
const MAX_NAME_CHARS = 253;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** What would end the host in a URL, what its parser takes away or decodes, and zones of addresses. */
const FORBIDDEN = /[\p{Cc}\p{Cf}\s/?#@\\%]/u;

/**
 * Reads a host in any spelling that the URL standard knows, as browsers and curl do: `0x7f.1` and `2130706433` are
 * 127.0.0.1, IPv6 stands in brackets, names may be international. Undefined for what is neither name nor address.
 */
export function parseHost(text: string): Host | undefined {
  if (text === '' || text.length > 4 * MAX_NAME_CHARS || FORBIDDEN.test(text)) return undefined;
  // Outside brackets a colon would begin a port.
  if (!text.startsWith('[') && text.includes(':')) return undefined;
  const url = `http://${text}/`;
  if (!URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  if (port !== '') return undefined;
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (parseIpAddress(bare) !== undefined) return { kind: 'address', text: bare };
  return parseName(hostname.replace(/\.$/, ''));
}

function parseName(name: string): Host | undefined {
  if (name.length > MAX_NAME_CHARS) return undefined;
  return name.split('.').every((label) => LABEL.test(label))
    ? { kind: 'name', text: name }
    : undefined;
}

/** The host as it stands before a port. */
export function formatHost({ text }: Host): string {
  return text.includes(':') ? `[${text}]` : text;
}
