import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const holds = (part: string) => async (input: Buffer) => input.includes(part);

test('what does not matter is left out of an input', async () => {
  const input = Buffer.from(`${'x'.repeat(1_000)}<bad>${'y'.repeat(700)}`);
  expect((await shrink(input, holds('<bad>'), 5_000)).toString()).toBe('<bad>');
});

test('a byte that only has to be there becomes an a', async () => {
  const isLong = async (input: Buffer) => input.length >= 3 && input.includes('!');
  expect((await shrink(Buffer.from('wxyz!'), isLong, 1_000)).toString()).toBe('aa!');
});

test('no more inputs are tried than told, and what is found until then still breaks', async () => {
  let tries = 0;
  const isBroken = async (input: Buffer) => {
    tries += 1;
    return input.includes('!');
  };
  const smaller = await shrink(Buffer.from(`${'x'.repeat(4_096)}!`), isBroken, 5);
  expect(tries).toBe(5);
  expect(smaller.includes('!')).toBe(true);
});
