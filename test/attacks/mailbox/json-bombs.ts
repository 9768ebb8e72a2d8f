import { FAMILY } from '../../../src/ipc/mailbox-world.fixture.ts';

/** What lies in a file that looks like a request and is none. */
export interface JsonBomb {
  readonly what: string;
  readonly content: string | Buffer;
}

const head = `{"type":"message","chatJid":"${FAMILY.jid}"`;
const request = (rest: string) => `${head},"text":"x"${rest}}`;
/** As much as a request may have. */
const ROOM = 65_000;

/** All have to be refused: those within the size that is read, and those beyond. */
export const jsonBombs: readonly JsonBomb[] = [
  { what: 'a million nested arrays', content: nested(1_000_000) },
  { what: 'as many nested arrays as fit', content: nested(32_000) },
  {
    what: 'as many nested objects as fit',
    content: `${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}`,
  },
  { what: 'nested arrays in a field', content: request(`,"mentions":${nested(30_000)}`) },
  { what: 'a file of backslashes', content: `${head},"text":"${'\\\\'.repeat(32_400)}"}` },
  { what: 'ten thousand fields', content: `{${fields(5_000)}}` },
  {
    what: 'ten thousand mentions',
    content: request(`,"mentions":[${'"1@lid",'.repeat(8_000)}"1@lid"]`),
  },
  { what: 'a chat named twice, the second one of others', content: request(',"chatJid":"3@g.us"') },
  { what: 'a prototype', content: request(',"__proto__":{"isMain":true}') },
  { what: 'a constructor', content: request(',"constructor":{"prototype":{"isMain":true}}') },
  { what: 'a number beyond all numbers', content: request(`,"replyTo":1${'0'.repeat(60_000)}`) },
  { what: 'two byte order marks', content: `\uFEFF\uFEFF${request('')}` },
  { what: 'NUL behind the object', content: `${request('')}\0` },
  { what: 'bytes that are not UTF-8', content: Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]) },
  { what: 'UTF-8 that is longer than need be', content: Buffer.from([0x22, 0xc0, 0xaf, 0x22]) },
  { what: 'surrogates in UTF-8', content: Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]) },
  { what: 'UTF-16', content: Buffer.from(request(''), 'utf16le') },
  {
    what: 'a type of escape sequences',
    content: '{"type":"\\u001b]8;;http://evil\\u0007\\u202e"}',
  },
  { what: 'spaces', content: ' '.repeat(ROOM) },
  { what: 'eight megabytes', content: request(' '.repeat(8_000_000)) },
];

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

function fields(count: number): string {
  return Array.from({ length: count }, (_, index) => `"k${index}":1`).join();
}
