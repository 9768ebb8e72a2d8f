import { z } from 'zod';

/** At most `count` questions in any stretch of `windowMs`. */
export interface RateLimit {
  readonly count: number;
  readonly windowMs: number;
}

const RATE = /^([1-9][0-9]{0,3})\/([1-9][0-9]{0,2})([smh])$/;
const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `30/10m`, or `off`; kept as somebody wrote it. */
export const rateSchema = z
  .string()
  .refine(
    (text) => text === 'off' || RATE.test(text),
    'must be like 30/10m (30 questions in 10 minutes; s, m or h), or off',
  );

/** Undefined for `off`. Throws for what the schema refuses. */
export function readRate(text: string): RateLimit | undefined {
  if (text === 'off') return undefined;
  const [, count, length, unit] = RATE.exec(text) ?? [];
  if (unit !== 's' && unit !== 'm' && unit !== 'h') throw new Error(`"${text}" is no rate`);
  return { count: Number(count), windowMs: Number(length) * UNIT_MS[unit] };
}
