import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

const JID = '120363001@g.us';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  world.register({ [JID]: { name: 'Family', folder: 'family' } });
});
afterEach(() => world[Symbol.dispose]());

function storedEgress(): unknown {
  return JSON.parse(readFileSync(world.paths.registrations, 'utf8'))[JID].egress;
}

async function set(...options: readonly string[]) {
  return world.run('groups', 'set', 'family', ...options);
}

test('a policy and its hosts are set, shown and taken away', async () => {
  const { code, stdout } = await set('--egress', 'allowlist', '--allow-host', 'example.org');
  expect(code).toBe(0);
  expect(stdout).toContain('reaches its model and example.org');
  expect(storedEgress()).toEqual({ policy: 'allowlist', hosts: ['example.org'] });
  await set('--egress', 'default', '--disallow-host', 'EXAMPLE.org.');
  expect(storedEgress()).toBeUndefined();
});

test('hosts are added to those that are there, each once however it is spelt', async () => {
  await set(
    '--egress',
    'allowlist',
    '--allow-host',
    'example.org',
    '--allow-host',
    '*.a.test:8443',
  );
  await set('--allow-host', 'Example.org.', '--allow-host', 'b.test');
  expect(storedEgress()).toEqual({
    policy: 'allowlist',
    hosts: ['example.org', '*.a.test:8443', 'b.test'],
  });
});

test('hosts are kept while another policy holds, which the command says', async () => {
  await set('--egress', 'allowlist', '--allow-host', 'example.org');
  const { stdout } = await set('--egress', 'model-only');
  expect(stdout).toContain('reaches its model alone');
  expect(stdout).toContain('take effect with --egress allowlist');
  expect(storedEgress()).toEqual({ policy: 'model-only', hosts: ['example.org'] });
});

test('an allowlist without hosts is named as what it is', async () => {
  const { stdout } = await set('--egress', 'allowlist');
  expect(stdout).toContain('The list is empty');
});

test.each(['https://example.org', '*', 'exam ple.org', 'example.org:0'])(
  'the host %s is refused, and nothing is changed',
  async (host) => {
    const { code, stderr } = await set('--egress', 'allowlist', '--allow-host', host);
    expect(code).toBe(2);
    expect(stderr).toContain('--allow-host: must be a host such as example.org');
    expect(storedEgress()).toBeUndefined();
  },
);

test('a host that is not on the list cannot be taken off it', async () => {
  const { code, stderr } = await set('--disallow-host', 'example.org');
  expect(code).toBe(2);
  expect(stderr).toContain('is not on the list');
});
