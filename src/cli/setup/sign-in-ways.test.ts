import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setupOptionsSchema } from './options.ts';
import { hasDesktop, readGivenWay, suggestWays } from './sign-in-ways.ts';

let userHome = '';
beforeEach(() => {
  userHome = mkdtempSync(join(tmpdir(), 'deckhand-ways-'));
});
afterEach(() => rmSync(userHome, { recursive: true }));

const kinds = (environment: Record<string, string>) =>
  suggestWays({ environment, platform: 'linux', userHome }).map(({ value }) => value.kind);

test('a machine with a desktop is offered its own browser first, another one the code', () => {
  expect(kinds({ DISPLAY: ':0' })).toEqual(['browser', 'device', 'paste', 'api_key']);
  expect(kinds({})).toEqual(['device', 'browser', 'paste', 'api_key']);
});

test('the sign-in of the Codex CLI is offered where there is one', () => {
  mkdirSync(join(userHome, '.codex'));
  writeFileSync(join(userHome, '.codex', 'auth.json'), '{}');
  expect(kinds({})).toContain('import');
});

test.each([
  [{ DISPLAY: ':0' }, 'linux', true],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
  [{ DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 'linux', false],
  [{}, 'darwin', true],
  [{ SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, 'darwin', false],
] as const)(
  '%j on %s: a desktop in front of the person is %s',
  (environment, platform, expected) => {
    expect(hasDesktop({ environment, platform })).toBe(expected);
  },
);

test.each([
  [{ apiKeyStdin: true }, { kind: 'api_key' }],
  [{ device: true }, { kind: 'device' }],
  [{ browser: true }, { kind: 'browser', mayOpen: true }],
  [{ import: true }, { kind: 'import' }],
  [{ import: '/tmp/auth.json' }, { kind: 'import', path: '/tmp/auth.json' }],
  [{}, undefined],
] as const)('the options %j mean the way %j', (given, way) => {
  expect(readGivenWay(setupOptionsSchema.parse(given))).toEqual(way);
});
