import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { GIB } from '../core/byte-size.ts';
import { findFreeRoom, roomOf } from './free-room.ts';

/** A disk of 100 GiB of which 40 are free, with a file for each 16 KiB. */
const disk = { bsize: 4_096, blocks: 100 * 262_144, bavail: 40 * 262_144, files: 6_553_600 };

test('T16: a disk without names for new files is full, however many bytes are left', () => {
  expect(roomOf({ ...disk, ffree: 6_000_000 })).toBe(40 * GIB);
  expect(roomOf({ ...disk, ffree: 65_536 })).toBe(GIB);
  expect(roomOf({ ...disk, ffree: 0 })).toBe(0);
});

test('a file system that does not count its files is judged by bytes alone', () => {
  expect(roomOf({ ...disk, files: 0, ffree: 0 })).toBe(40 * GIB);
});

test('the room of a folder is that of its disk', async () => {
  const { blocks, bsize } = await statfs(tmpdir());
  const room = await findFreeRoom(tmpdir());
  expect(room).toBeGreaterThan(0);
  expect(room).toBeLessThan(blocks * bsize);
});
