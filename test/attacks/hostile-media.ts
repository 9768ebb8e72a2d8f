import { hostileTexts } from './hostile-texts.ts';

/** A PNG of 10,000 by 10,000 points, of which only the head is there. */
export const MEDIA_BOMB = Buffer.concat([
  Buffer.from('\x89PNG\r\n\x1A\n\0\0\0\rIHDR', 'latin1'),
  Buffer.from([0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 8, 6, 0, 0, 0]),
]);

/** By which a member calls a file. */
export const HOSTILE_FILE_NAMES: readonly string[] = [
  '../../../etc/passwd',
  '/etc/passwd',
  'a/../../b.png',
  'CON',
  'con.txt.',
  '.bashrc',
  '-rf',
  '',
  'x'.repeat(5_000),
  ...Object.values(hostileTexts).map((text) => text.slice(0, 200)),
];
