import type { BinaryNode } from '@whiskeysockets/baileys';

/** Builds a stanza; attributes left undefined are left out. */
export function element(
  tag: string,
  attrs: Record<string, string | undefined> = {},
  content?: BinaryNode[] | Uint8Array | string,
): BinaryNode {
  const present: Record<string, string> = {};
  for (const [name, value] of Object.entries(attrs)) {
    if (value !== undefined) present[name] = value;
  }
  return content === undefined ? { tag, attrs: present } : { tag, attrs: present, content };
}

export function childElements(node: BinaryNode | undefined, tag?: string): BinaryNode[] {
  if (!Array.isArray(node?.content)) return [];
  return tag === undefined ? node.content : node.content.filter((child) => child.tag === tag);
}

export function childElement(node: BinaryNode | undefined, tag: string): BinaryNode | undefined {
  return childElements(node, tag)[0];
}

/** Bytes of a node; throws when the client left them out. */
export function requireBytes(node: BinaryNode | undefined, what: string): Buffer {
  const content = node?.content;
  if (content instanceof Uint8Array) return Buffer.from(content);
  if (typeof content === 'string') return Buffer.from(content, 'utf8');
  throw new Error(`${what} is missing`);
}

/** Unsigned big-endian integer of all bytes. */
export function readBigEndian(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total * 256 + byte, 0);
}

export function writeBigEndian(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.writeUIntBE(value, 0, length);
  return bytes;
}
