import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readExportLines } from './export-lines.ts';

async function linesOf(...pieces: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const some of readExportLines(Readable.from(pieces))) lines.push(...some);
  return lines;
}

test('lines end with a newline alone, however the file is cut into pieces', async () => {
  const bytes = Buffer.from('\ufeffone\r\nt\u2028wo 🐚\n\nfour');
  const expected = ['one', 't\u2028wo 🐚', '', 'four'];
  expect(await linesOf(bytes)).toEqual(expected);
  expect(await linesOf(...[...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('a line without end is taken apart instead of kept', async () => {
  const piece = Buffer.alloc(600_000, 'x');
  const lines = await linesOf(...Array.from({ length: 10 }, () => piece));
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_000_000);
  expect(lines.join('')).toHaveLength(6_000_000);
});

test.each([
  ['a .zip file', Buffer.from('PK\u0003\u0004'), 'unzip'],
  ['UTF-16', Buffer.from('\ufeffhello', 'utf16le'), 'UTF-16'],
  ['another encoding', Buffer.from('grüße', 'latin1'), 'UTF-8'],
  ['a file that ends within a character', Buffer.from('🐚').subarray(0, 2), 'UTF-8'],
])('%s is refused with what to do', async (_title, bytes, reason) => {
  await expect(linesOf(bytes)).rejects.toThrow(reason);
});
