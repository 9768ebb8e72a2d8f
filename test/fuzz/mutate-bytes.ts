import type { Random } from '../crash-loop/random.ts';
import { HOSTILE_TEXTS } from './hostile.ts';

/** One change of some bytes; `tokens` are pieces of their format. */
type Change = (bytes: Buffer, random: Random, tokens: readonly string[]) => Buffer;

const CHANGES: readonly [Change, ...Change[]] = [
  insertToken,
  insertToken,
  insertHostile,
  insertHostile,
  replaceByToken,
  flipBit,
  setByte,
  remove,
  repeat,
  swap,
  insertBytes,
];

/** Changes bytes a few times; what gets longer than `maxBytes` is cut. */
export function mutateBytes(
  bytes: Buffer,
  random: Random,
  { tokens, maxBytes }: { readonly tokens: readonly string[]; readonly maxBytes: number },
): Buffer {
  let changed = bytes;
  for (let left = random.integer(1, 6); left > 0; left -= 1) {
    changed = random.pick(CHANGES)(changed, random, tokens).subarray(0, maxBytes);
  }
  return changed;
}

/** Any bytes at all, more often few than many. */
export function anyBytes(random: Random, maxBytes: number): Buffer {
  const length = Math.floor(Math.min(maxBytes, 512) ** random.next());
  return Buffer.from(Array.from({ length }, () => random.integer(0, 255)));
}

function splice(bytes: Buffer, at: number, count: number, put: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + count)]);
}

function pickFrom(texts: readonly string[], random: Random): Buffer {
  return Buffer.from(texts[random.integer(0, texts.length - 1)] ?? '');
}

/** A stretch of the bytes, at most half of them or 64. */
function stretch(bytes: Buffer, random: Random): readonly [at: number, count: number] {
  const at = random.integer(0, bytes.length);
  return [at, random.integer(0, Math.min(64, Math.ceil(bytes.length / 2)))];
}

function insertToken(bytes: Buffer, random: Random, tokens: readonly string[]): Buffer {
  return splice(bytes, random.integer(0, bytes.length), 0, pickFrom(tokens, random));
}

function insertHostile(bytes: Buffer, random: Random): Buffer {
  return splice(bytes, random.integer(0, bytes.length), 0, pickFrom(HOSTILE_TEXTS, random));
}

function replaceByToken(bytes: Buffer, random: Random, tokens: readonly string[]): Buffer {
  return splice(bytes, ...stretch(bytes, random), pickFrom(tokens, random));
}

function remove(bytes: Buffer, random: Random): Buffer {
  return splice(bytes, ...stretch(bytes, random), Buffer.alloc(0));
}

function insertBytes(bytes: Buffer, random: Random): Buffer {
  return splice(bytes, random.integer(0, bytes.length), 0, anyBytes(random, 16));
}

function flipBit(bytes: Buffer, random: Random): Buffer {
  const at = random.integer(0, bytes.length);
  return splice(bytes, at, 1, Buffer.of((bytes[at] ?? 0) ^ (1 << random.integer(0, 7))));
}

function setByte(bytes: Buffer, random: Random): Buffer {
  return splice(bytes, random.integer(0, bytes.length), 1, Buffer.of(random.integer(0, 255)));
}

function swap(bytes: Buffer, random: Random): Buffer {
  const [at, count] = stretch(bytes, random);
  const put = bytes.subarray(at, at + count);
  return splice(splice(bytes, at, count, Buffer.alloc(0)), random.integer(0, bytes.length), 0, put);
}

/** Once in a while very often, for what takes longer than its length allows, or nests too deep. */
function repeat(bytes: Buffer, random: Random): Buffer {
  const [at, count] = stretch(bytes, random);
  const times = random.chance(0.004) ? random.integer(100, 20_000) : random.integer(2, 12);
  const part = bytes.subarray(at, at + Math.min(count, 12));
  return splice(bytes, at, 0, Buffer.alloc(Math.min(part.length * times, 65_536), part));
}
