import { expect } from 'vitest';
import type { AttackOutcome } from './outcome.ts';

/** That an attack was made and withstood; its evidence is shown where it was not. */
export function expectStopped({ tried, stopped, evidence }: AttackOutcome): void {
  expect(tried).toBeGreaterThan(0);
  expect({ stopped, evidence }).toEqual({ stopped: tried, evidence });
}
