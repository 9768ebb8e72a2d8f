import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CHATGPT_PRESET } from '../../src/core/models/preset.ts';
import { openDatabaseReadonly } from '../../src/db/database.ts';
import { createModelStore } from '../../src/db/models.ts';
import { hostPaths } from '../../src/paths.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import { type OAuthServer, startOAuthServer } from '../loopback/oauth/server.ts';
import type { Group, Phone, SeenMessage } from '../loopback/whatsapp/server.ts';
import { LoopbackWorld } from './loopback-world.ts';
import { LOOPBACK_REACH } from './model-reach.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

let clockAheadMs = 0;
let oauth: OAuthServer;
let runner: FakeRunner;
let world: LoopbackWorld;
let owner: Phone;
let main: Group;
let family: Group;

beforeEach(async () => {
  clockAheadMs = 0;
  const now = () => Date.now() + clockAheadMs;
  oauth = await startOAuthServer({ now, pollIntervalS: 1 });
  runner = new FakeRunner();
  runner.respond = () => answer('Here I am.');
  world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    now,
    agents: {
      runner,
      ...BY_NETWORK,
      handOver: () => Promise.resolve(),
      prepare: () => Promise.resolve(),
    },
    env: { OPENAI_AUTH_URL: oauth.origin, ANTHROPIC_API_KEY: '', OPENAI_API_KEY: '' },
  });
  await world.link(never);
  owner = world.whatsapp.addPhone({ name: 'Olga', phoneNumber: '15550000002' });
  main = world.whatsapp.addGroup({ subject: 'Bridge', members: [owner] });
  family = world.whatsapp.addGroup({ subject: 'Family', members: [owner] });
  await world.startHost(never);
  const { registrations } = world.app;
  const bridge = { jid: main.jid, name: 'Bridge', folder: 'main', isMain: true };
  await registrations.add({ ...bridge, provider: 'codex', timeZone: 'Asia/Tokyo' }, never);
  await registrations.add({ jid: family.jid, name: 'Family', folder: 'family' }, never);
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await oauth[Symbol.asyncDispose]();
});

/** Sends the command to the main chat and resolves with the code it is answered with. */
async function askToSignIn(text = '@Assistant /login codex') {
  const { id } = await owner.sendText(main, text);
  const shown = await reply((message) => message.text.includes('/codex/device'));
  const userCode = /`([A-Z]{4}-[A-Z]{5})`/.exec(shown.text)?.[1] ?? '';
  return { id, shown, userCode };
}

function reply(matches: (message: SeenMessage) => boolean): Promise<SeenMessage> {
  const isOurs = (message: SeenMessage) => message.fromCompanion && message.chat === main.jid;
  return owner.waitForMessage((message) => isOurs(message) && matches(message));
}

const signInFile = () => join(hostPaths(world.config.home).credentials, 'openai-codex.json');

test('the main chat gets a link and a code, and hears who has signed in, while no model can answer', async () => {
  const { id, shown, userCode } = await askToSignIn();
  expect(shown).toMatchObject({ quotedId: id });
  expect(shown.text).toContain(`${oauth.origin}/codex/device`);
  expect(shown.text).toMatch(/good until \w{3} \d{4}-\d\d-\d\d \d\d:\d\d \(Asia\/Tokyo\)/);
  expect(shown.text).toMatch(/for the person who runs me alone: never type a code/);
  expect(existsSync(signInFile())).toBe(false);

  oauth.approveUserCode(userCode);
  const outcome = await reply((message) => message.text.startsWith('Signed in'));
  expect(outcome.quotedId).toBe(id);
  expect(outcome.text).toBe(
    'Signed in with ChatGPT as p…n@example.com (plan plus). Codex and responses groups ask ' +
      'openai-codex/gpt-5.3-codex, then openai/gpt-5.2-codex, then openai/gpt-4o-mini.',
  );
  const stored = JSON.parse(readFileSync(signInFile(), 'utf8'));
  expect(stored).toMatchObject({ kind: 'sign_in', source: 'device', email: 'person@example.com' });
  expect(statSync(signInFile()).mode & 0o777).toBe(0o600);
  for (const { text } of owner.seen) {
    for (const secret of [stored.accessToken, stored.refreshToken, stored.idToken]) {
      expect(text).not.toContain(secret);
    }
  }
  const db = openDatabaseReadonly(hostPaths(world.config.home).database);
  expect(createModelStore(db).findDefault('openai')?.setting).toEqual(CHATGPT_PRESET.setting);
  db.close();
  expect(runner.runs).toEqual([]);
});

test('after a sign-in from the chat the very next question there is answered with it', async () => {
  const { userCode } = await askToSignIn();
  oauth.approveUserCode(userCode);
  await reply((message) => message.text.startsWith('Signed in'));
  await owner.sendText(main, 'are you there?');
  await reply((message) => message.text === 'Here I am.');
  const [run] = runner.runs;
  expect(run?.request).toMatchObject({
    provider: 'codex',
    model: 'gpt-5.3-codex',
    codex: { auth: 'chatgpt' },
  });
  const auth = join(hostPaths(world.config.home).codexHome('main'), 'auth.json');
  const { tokens } = JSON.parse(readFileSync(auth, 'utf8'));
  expect(oauth.isAccessTokenLive(tokens.access_token)).toBe(true);
  expect(tokens.refresh_token).toBe('');
});

test('a sign-in that the person refuses in the browser is told, and nothing is stored', async () => {
  const { userCode } = await askToSignIn('sign in with ChatGPT');
  oauth.denyUserCode(userCode);
  const outcome = await reply((message) => message.text.startsWith('Not signed in'));
  expect(outcome.text).toContain('The sign-in was not allowed in the browser.');
  expect(existsSync(signInFile())).toBe(false);
});

test('a code that nobody used is told after its 15 minutes, and the next command gets another', async () => {
  const first = await askToSignIn();
  clockAheadMs += 15 * MINUTE_MS;
  const outcome = await reply((message) => message.text.startsWith('Not signed in'));
  expect(outcome.text).toContain('Nobody used the code within 15 minutes.');
  await owner.sendText(main, '/login codex');
  const second = await reply(
    ({ text }) => text.includes('/codex/device') && !text.includes(first.userCode),
  );
  expect(second.text).toContain(`${oauth.origin}/codex/device`);
});

test('an account without sign-in by code is told what else there is', async () => {
  oauth.failNext('usercode', { status: 404 });
  await owner.sendText(main, '/login codex');
  const outcome = await reply((message) => message.text.startsWith('Not signed in'));
  expect(outcome.text).toMatch(/not enabled for this account.*--paste/);
});

test('from another group the same words are a question to the agent, and no sign-in begins', async () => {
  await owner.sendText(family, '@Assistant /login codex');
  const { text } = await owner.waitForMessage(
    (message) => message.fromCompanion && message.chat === family.jid,
  );
  expect(text).toContain('deckhand login claude');
  expect(text).not.toContain('/codex/device');
  expect(oauth.requests).toEqual([]);
});

test('a host that stops during a sign-in is not held up by it, and the next one asks to say it again', async () => {
  await askToSignIn();
  await world.stopHost();
  await world.startHost(never);
  const notice = await reply((message) => message.text.includes('interrupted'));
  expect(notice.text).toContain('`/login codex`');
  expect(existsSync(signInFile())).toBe(false);
});
