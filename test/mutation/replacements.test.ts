import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MUTATIONS as ATTACKED } from '../attacks/run/mutations.ts';
import { MUTATIONS as KILLED } from '../crash-loop/mutations.ts';
import { MUTATIONS as FUZZED } from '../fuzz/mutations.ts';
import { SOURCE_MUTATIONS as SIMULATED } from '../simulation/mutations.ts';
import type { Replacement } from './replacement.ts';

const SOURCES = new URL('../../src/', import.meta.url);

const changed = [ATTACKED, FUZZED].flatMap((mutations) =>
  Object.entries(mutations).map(([name, { changes }]): [string, readonly Replacement[]] => [
    name,
    changes,
  ]),
);

/** Each list is played by a program of its own, some of whose faults only on request. */
test.each<[string, readonly Replacement[]]>([
  ...changed,
  ...Object.entries(KILLED),
  ...Object.entries(SIMULATED).map(([name, change]): [string, Replacement[]] => [name, [change]]),
])('what the fault %s replaces is in its source once', (_name, replacements) => {
  for (const { file, from } of replacements) {
    const source = readFileSync(new URL(file, SOURCES), 'utf8');
    expect([file, source.split(from).length - 1]).toEqual([file, 1]);
  }
});
