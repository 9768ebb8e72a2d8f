import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Finding } from './investigation.ts';
import { TARGET_NAMES } from './target-names.ts';

const FILE = join(import.meta.dirname, 'regressions.json');

/** Inputs that broke something once. */
const regressionsSchema = z.array(
  z.strictObject({
    target: z.enum(TARGET_NAMES),
    /** What it broke. */
    problem: z.string(),
    /** In base64url. */
    input: z.base64url(),
  }),
);
export type Regression = z.infer<typeof regressionsSchema>[number];

export function readRegressions(): readonly Regression[] {
  return regressionsSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
}

/** Adds what is not there yet. */
export function keepRegressions(findings: readonly Finding[]): void {
  const known = readRegressions();
  const found = findings.map(({ target, problem, input }) => ({
    target,
    problem,
    input: input.toString('base64url'),
  }));
  const fresh = found.filter(
    (one) => !known.some(({ input, target }) => input === one.input && target === one.target),
  );
  if (fresh.length > 0)
    writeFileSync(FILE, `${JSON.stringify([...known, ...fresh], undefined, 2)}\n`);
}
