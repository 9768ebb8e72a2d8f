import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importSignIn } from '../../src/credentials/sign-in/import-sign-in.ts';
import { type FlowWorld, never, startFlowWorld } from './flow-world.ts';

async function importFrom(world: FlowWorld, path: string) {
  const warnings: string[] = [];
  const onWarning = (sentence: string) => void warnings.push(sentence);
  const outcome = await importSignIn({ ...world.deps, path, onWarning }, never);
  return { outcome, warnings };
}

/** A file as `codex login` leaves it. */
function codexFile(world: FlowWorld, tokens: object = {}): string {
  const issued = world.server.issueSignIn();
  return JSON.stringify({
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: {
      id_token: issued.idToken,
      access_token: issued.accessToken,
      refresh_token: issued.refreshToken,
      account_id: 'acct_loopback',
      ...tokens,
    },
    last_refresh: '2026-11-01T00:00:00Z',
  });
}

function put(world: FlowWorld, content: string, mode = 0o600): string {
  const path = join(world.folder, 'auth.json');
  writeFileSync(path, content, { mode });
  chmodSync(path, mode);
  return path;
}

test('a sign-in of the Codex CLI is taken over and its file left alone', async () => {
  await using world = await startFlowWorld();
  const content = codexFile(world);
  const path = put(world, content);
  const { outcome, warnings } = await importFrom(world, path);
  expect(outcome).toMatchObject({ status: 'ok', signedIn: { email: 'person@example.com' } });
  expect(await world.readStored()).toMatchObject({
    source: 'import',
    accountId: 'acct_loopback',
    expiresAt: world.clock.now + 864_000_000,
  });
  expect(warnings).toEqual([expect.stringContaining('share one refresh token')]);
  expect(readFileSync(path, 'utf8')).toBe(content);
});

test('an expired one is taken over too, since it can be refreshed', async () => {
  await using world = await startFlowWorld();
  const path = put(world, codexFile(world));
  world.clock.now += 864_000_000;
  const { outcome, warnings } = await importFrom(world, path);
  expect(outcome.status).toBe('ok');
  expect(warnings).toContainEqual(expect.stringContaining('has expired'));
});

test('a file that others can read is taken with a warning that names chmod', async () => {
  await using world = await startFlowWorld();
  const path = put(world, codexFile(world), 0o644);
  const { outcome, warnings } = await importFrom(world, path);
  expect(outcome.status).toBe('ok');
  expect(warnings).toContainEqual(expect.stringContaining(`chmod 600 ${path}`));
});

test.skipIf(process.getuid?.() !== 0)(
  'a file of another user is taken with a warning',
  async () => {
    await using world = await startFlowWorld();
    const path = put(world, codexFile(world));
    chownSync(path, 12_345, 12_345);
    const { warnings } = await importFrom(world, path);
    expect(warnings).toContainEqual(expect.stringContaining('belongs to another user'));
  },
);

test.each<[string, (world: FlowWorld) => string, RegExp]>([
  ['that is cut short', (world) => codexFile(world).slice(0, 300), /damaged.*codex login/],
  ['that is empty', () => '', /damaged/],
  ['with an API key', () => '{"OPENAI_API_KEY":"sk-secret"}', /login codex --api-key/],
  [
    'without a refresh token',
    (world) => codexFile(world, { refresh_token: '' }),
    /no refresh token/,
  ],
  ['of another program', () => '{"token":"secret"}', /is not an auth.json of Codex \(tokens/],
  ['whose tokens are numbers', (world) => codexFile(world, { id_token: 1 }), /tokens\.id_token/],
  [
    'whose tokens are no JWTs',
    (w) => codexFile(w, { id_token: 'secret', access_token: 'secret' }),
    /is not a JWT/,
  ],
  ['that is far too large', () => 'x'.repeat(300_000), /larger/],
])('a file %s is refused, and what was stored stays', async (_what, content, message) => {
  await using world = await startFlowWorld();
  await importFrom(world, put(world, codexFile(world)));
  const before = world.fingerprint('openai-codex.json');
  const { outcome, warnings } = await importFrom(world, put(world, content(world)));
  if (outcome.status !== 'failed') throw new Error(outcome.status);
  expect(`${outcome.reason} ${outcome.mend}`).toMatch(message);
  expect(`${outcome.reason} ${outcome.mend}`).not.toContain('secret');
  expect(warnings).toEqual([]);
  expect(world.fingerprint('openai-codex.json')).toEqual(before);
});

test('a missing file, a folder or a pipe is told with what to do', async () => {
  await using world = await startFlowWorld();
  const missing = await importFrom(world, join(world.folder, 'none', 'auth.json'));
  expect(missing.outcome).toMatchObject({ mend: expect.stringContaining('codex login') });
  const folder = await importFrom(world, world.folder);
  expect(folder.outcome).toMatchObject({ reason: expect.stringContaining('is not a file') });
  const path = join(world.folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const pipe = await importFrom(world, path);
  expect(pipe.outcome).toMatchObject({ reason: expect.stringContaining('is not a file') });
});
