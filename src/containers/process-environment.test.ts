import { expect, test } from 'vitest';
import { processEnvironment } from './process-environment.ts';

test('an agent process sees an allowlist of the host environment and none of its secrets', () => {
  const env = processEnvironment({
    hostEnv: { PATH: '/bin', TZ: 'Europe/Berlin', ANTHROPIC_API_KEY: 'canary', AWS_X: 'canary' },
    isRoot: false,
    workspace: '/w',
    home: '/h',
  });
  expect(env).toEqual({
    PATH: '/bin',
    TZ: 'Europe/Berlin',
    HOME: '/h',
    DECKHAND_WORKSPACE: '/w',
  });
});

test('only a host that runs as root declares a sandbox', () => {
  const facts = { hostEnv: {}, workspace: '/w', home: '/h' };
  expect(processEnvironment({ ...facts, isRoot: true })['IS_SANDBOX']).toBe('1');
  expect(processEnvironment({ ...facts, isRoot: false })['IS_SANDBOX']).toBeUndefined();
});
