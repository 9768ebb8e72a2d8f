import { expect, test } from 'vitest';
import { CliError } from '../cli-error.ts';
import { requireNode } from './machine.ts';

test.each(['24.12.0', '24.21.3', '26.0.0'])('Node %s is new enough', (version) => {
  expect(() => requireNode(version)).not.toThrow();
});

test.each(['24.11.9', '22.19.0', '9.0.0', ''])('Node %j is refused with what to do', (version) => {
  expect(() => requireNode(version)).toThrow(CliError);
  expect(() => requireNode(version)).toThrow(/npm ci/);
});
