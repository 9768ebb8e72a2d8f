import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NOW } from '../../src/cli/cli-world.fixture.ts';
import { diagnose } from '../../src/cli/doctor/doctor.fixture.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createModelStore } from '../../src/db/models.ts';
import { complaints, createDoctorWorld, type DoctorWorld } from './doctor-world.ts';
import {
  acceptAll,
  answering,
  type DoorRule,
  type ModelDoor,
  openModelDoor,
} from './model-door.ts';

const ONLINE = ['--quick'] as const;
/** The loopback server stands in for WhatsApp's, and doctor says so. */
const BASELINE = ['configuration.endpoint'];
const SECRET = 'sk-very-secret';

let world: DoctorWorld;
let door: ModelDoor;
beforeEach(async () => {
  world = await createDoctorWorld();
  door = await openModelDoor();
});
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const setEnv = (origin: string, more: string) =>
  world.setEnv(`OPENAI_BASE_URL=${origin}/v1
ANTHROPIC_BASE_URL=${origin}
CHATGPT_BASE_URL=${origin}/backend-api
WHATSAPP_URL=ws://127.0.0.1:${new URL(door.origin).port}
${more}`);

const signIn = (fields: object = {}) =>
  ({
    v: 1,
    kind: 'sign_in',
    accessToken: SECRET,
    refreshToken: 'r',
    idToken: 'i',
    accountId: 'acct-1',
    expiresAt: NOW + 3_600_000,
    refreshedAt: NOW,
    signedInAt: NOW,
    source: 'browser',
    ...fields,
  }) as const;
const storeSignIn = (fields: object = {}) =>
  createCredentialStore({ folder: world.cli.paths.credentials }).write(
    { name: 'openai-codex' },
    signIn(fields),
  );

/** An installation whose one group signs in with a credential of this kind. */
const setUps = {
  async openai_key(origin: string) {
    setEnv(origin, `OPENAI_API_KEY=${SECRET}\n`);
    world.register({ provider: 'codex', model: 'openai/gpt-5.2-codex' });
  },
  async anthropic_key(origin: string) {
    setEnv(origin, `ANTHROPIC_API_KEY=${SECRET}\n`);
  },
  async claude_token(origin: string) {
    setEnv(origin, `CLAUDE_CODE_OAUTH_TOKEN=${SECRET}\n`);
  },
  async chatgpt(origin: string) {
    setEnv(origin, '');
    world.register({ provider: 'codex', model: 'openai-codex/gpt-5.5' });
    await storeSignIn();
  },
};
type Kind = keyof typeof setUps;

test.for([
  ['openai_key', '/v1/models', { authorization: `Bearer ${SECRET}` }],
  ['anthropic_key', '/v1/models', { 'x-api-key': SECRET, 'anthropic-version': '2023-06-01' }],
  ['claude_token', '/v1/models', { 'anthropic-beta': 'oauth-2025-04-20' }],
  ['chatgpt', '/backend-api/codex/models', { 'chatgpt-account-id': 'acct-1' }],
] as const)('%s is shown to its server, which costs nothing', async ([kind, path, headers]) => {
  await setUps[kind](door.origin);
  expect(await complaints(world, ONLINE)).toEqual(BASELINE);
  const asked = door.requests.filter((request) => request.path !== '/sw.js');
  expect(asked).toMatchObject([{ path, headers }]);
});

const rows: readonly (readonly [Kind, string, DoorRule, string])[] = [
  ['openai_key', 'refuses it', answering(401), 'ping.refused'],
  ['anthropic_key', 'refuses it', answering(401), 'ping.refused'],
  ['claude_token', 'refuses it', answering(401), 'ping.refused'],
  ['chatgpt', 'refuses it', answering(401), 'ping.refused'],
  ['openai_key', 'does not let it list', answering(403), 'ping.forbidden'],
  ['anthropic_key', 'does not let it list', answering(403), 'ping.forbidden'],
  ['chatgpt', 'does not let it list', answering(403), 'ping.forbidden'],
  ['claude_token', 'does not say which', answering(403), 'ping.unclear'],
  ['openai_key', 'limits it', answering(429, {}, { 'retry-after': '7' }), 'ping.limited'],
  ['chatgpt', 'limits it', answering(429), 'ping.limited'],
  ['anthropic_key', 'is in trouble', answering(529), 'ping.server'],
  ['openai_key', 'has no such address', answering(404), 'ping.unexpected'],
  ['openai_key', 'is a page to log in', answering(200, '<html>'), 'ping.unexpected'],
  ['chatgpt', 'lists something else', answering(200, { data: [] }), 'ping.unexpected'],
  [
    'claude_token',
    'sends it elsewhere',
    answering(302, '', { location: '/stolen' }),
    'ping.unexpected',
  ],
];

test.for(rows)(
  '%s, whose server %s, is found, alone, until it is mended',
  async ([kind, , rule, id]) => {
    await setUps[kind](door.origin);
    door.rule = rule;
    expect(await complaints(world, ONLINE)).toEqual([...BASELINE, id]);
    expect(door.requests.map(({ path }) => path)).not.toContain('/stolen');
    door.rule = acceptAll;
    expect(await complaints(world, ONLINE)).toEqual(BASELINE);
  },
);

test.for(Object.keys(setUps) as Kind[])('%s without a network is found', async (kind) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const address = closed.address();
  const port = typeof address === 'object' ? address?.port : 0;
  closed.close();
  await once(closed, 'close');
  await setUps[kind](`http://127.0.0.1:${port}`);
  const { findings } = await diagnose(world.cli, ONLINE);
  const [ping] = findings.filter(({ check }) => check === 'ping');
  expect(ping).toMatchObject({ id: 'ping.unreachable', status: 'problem' });
  expect(ping?.detail).toContain('nothing listens there');
  expect(ping?.mend?.commands).toEqual([`curl -I http://127.0.0.1:${port}`]);
});

test.for(rows)('%s, whose server %s, is not shown to whoever reads', async ([kind, , rule]) => {
  await setUps[kind](door.origin);
  door.rule = rule;
  const { stdout, stderr } = await world.cli.run('doctor', ...ONLINE);
  expect(stdout).toContain('ping');
  expect(stdout + stderr).not.toContain(SECRET);
});

test('a refused key that no group uses is a warning', async () => {
  await setUps.anthropic_key(door.origin);
  setEnv(door.origin, `ANTHROPIC_API_KEY=good\nOPENAI_API_KEY=${SECRET}\n`);
  door.rule = (path, headers) =>
    headers.authorization === undefined ? acceptAll(path) : { status: 401, body: {} };
  const { ok, findings } = await diagnose(world.cli, ONLINE);
  expect(ok).toBe(true);
  expect(findings).toContainEqual(
    expect.objectContaining({ id: 'ping.refused', status: 'warning' }),
  );
});

test('a token that the host renews at the same moment is asked with once more', async () => {
  await setUps.chatgpt(door.origin);
  const path = join(world.cli.paths.credentials, 'openai-codex.json');
  door.rule = (asked, headers) => {
    if (headers.authorization !== `Bearer ${SECRET}`) return acceptAll(asked);
    writeFileSync(path, JSON.stringify(signIn({ accessToken: 'renewed' })));
    return { status: 401, body: {} };
  };
  expect(await complaints(world, ONLINE)).toEqual(BASELINE);
});

test('an access token that has expired is left to the host, which alone may refresh', async () => {
  await setUps.chatgpt(door.origin);
  await storeSignIn({ expiresAt: NOW - 1 });
  expect(await complaints(world, ONLINE)).toEqual(BASELINE);
  expect(door.requests.map(({ path }) => path)).toEqual(['/sw.js']);
});

test('nobody is asked with --offline', async () => {
  await setUps.openai_key(door.origin);
  door.rule = answering(401);
  expect(await complaints(world, ['--quick', '--offline'])).toEqual(BASELINE);
  expect(door.requests).toEqual([]);
});

test('a clock that is ten minutes off is found by the clocks of the servers', async () => {
  await setUps.openai_key(door.origin);
  door.time = NOW + 600_000;
  expect(await complaints(world, ONLINE)).toEqual(['clock.skewed', ...BASELINE]);
  door.time = NOW - 60_000;
  expect(await complaints(world, ONLINE)).toEqual(BASELINE);
});

test('a client that is half a year behind is found', async () => {
  await setUps.openai_key(door.origin);
  door.rule = (path) =>
    path === '/sw.js' ? { status: 200, body: '"client_revision":1053857760' } : acceptAll(path);
  expect(await complaints(world, ONLINE)).toEqual([...BASELINE, 'version.behind']);
  door.rule = (path) => (path === '/sw.js' ? { status: 500, body: '' } : acceptAll(path));
  expect(await complaints(world, ONLINE)).toEqual(BASELINE);
});

test.for([
  ['auth', 'models.cooling mended'],
  ['model', 'models.cooling mended'],
  ['quota', 'models.cooling'],
] as const)('a cool-down because of %s after a good answer is %s', async ([failure, expected]) => {
  await setUps.openai_key(door.origin);
  const until = NOW + 60_000;
  world.cli.fill((db) =>
    createModelStore(db).coolDown('openai/gpt-5.2-codex', failure, until, NOW),
  );
  expect(await complaints(world, ONLINE)).toEqual([...BASELINE, 'models.cooling']);
  expect(await complaints(world, [...ONLINE, '--fix'])).toEqual([...BASELINE, expected]);
});

test('a model that the server does not list goes on cooling down', async () => {
  await setUps.openai_key(door.origin);
  door.rule = answering(200, { data: [] });
  world.cli.fill((db) =>
    createModelStore(db).coolDown('openai/gpt-5.2-codex', 'model', NOW + 60_000, NOW),
  );
  expect(await complaints(world, [...ONLINE, '--fix'])).toEqual([...BASELINE, 'models.cooling']);
});
