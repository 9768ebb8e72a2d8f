import { createRandom, type Random } from '../crash-loop/random.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { anyBytes, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';

type Source = Pick<FuzzTarget, 'name' | 'corpus' | 'tokens' | 'maxBytes'>;

/** The input with a number: the same for the same seed, target and number, whatever was tried before. */
export function makeInput(target: Source, seed: number, index: number): Buffer {
  const random = createRandom(seed, `${target.name}:${index}`);
  const way = random.integer(0, 19);
  if (way === 0) return anyBytes(random, target.maxBytes);
  if (way <= 3) return mutateBytes(fromTokens(target, random), random, target);
  const start = random.chance(0.1) ? crossing(target, random) : pickReal(target, random);
  const shaped = way <= 11 ? mutateJson(start.toString('utf8'), random) : undefined;
  if (shaped === undefined) return mutateBytes(start, random, target);
  const bytes = Buffer.from(shaped).subarray(0, target.maxBytes);
  return random.chance(0.1) ? mutateBytes(bytes, random, target) : bytes;
}

function pickReal({ corpus }: Source, random: Random): Buffer {
  return Buffer.from(corpus[random.integer(0, corpus.length - 1)] ?? '');
}

/** The beginning of a real input before the end of another. */
function crossing(target: Source, random: Random): Buffer {
  const [first, second] = [pickReal(target, random), pickReal(target, random)];
  const end = second.subarray(random.integer(0, second.length));
  return Buffer.concat([first.subarray(0, random.integer(0, first.length)), end]);
}

function fromTokens({ tokens }: Source, random: Random): Buffer {
  const count = random.integer(1, 12);
  const parts = Array.from({ length: count }, () => tokens[random.integer(0, tokens.length - 1)]);
  return Buffer.from(parts.join(random.chance(0.3) ? ' ' : ''));
}
