import { expect, test } from 'vitest';
import type { EgressDenial } from '../core/egress.ts';
import { gatherDenials } from './gather-denials.ts';

const DENIAL: EgressDenial = { host: 'example.org', port: 443, reason: 'policy' };

test('what was denied is told once, with how often it was tried', () => {
  const denials = gatherDenials();
  for (const port of [443, 80, 443]) denials.add({ ...DENIAL, port });
  expect(denials.take()).toEqual([
    { ...DENIAL, count: 2 },
    { ...DENIAL, port: 80, count: 1 },
  ]);
  expect(denials.take()).toEqual([]);
});

test('of an agent that tries everything fifty destinations are kept', () => {
  const denials = gatherDenials();
  for (let port = 1; port <= 1_000; port += 1) denials.add({ ...DENIAL, port });
  denials.add({ ...DENIAL, port: 1 });
  const taken = denials.take();
  expect(taken).toHaveLength(50);
  expect(taken[0]).toEqual({ ...DENIAL, port: 1, count: 2 });
});
