import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

const family = { name: 'Family', folder: 'family' };
const pipe = (...chunks: (string | Uint8Array)[]) => ({
  stdin: Readable.from(chunks),
  isStdinTty: false,
});

test.each<[string, string[], string]>([
  ['an unknown group', ['--group', 'nobody', 'hi'], 'No registered group'],
  ['an unknown provider', ['--provider', 'mistral', 'hi'], 'Allowed choices are claude, codex'],
  ['a model without its provider', ['--model', 'gpt-5.5', 'hi'], 'full name'],
  ['a model of an unknown provider', ['--model', 'mistral/large', 'hi'], 'full name'],
  [
    'a model that the provider cannot ask',
    ['--model', 'openai/gpt-5.5', '--provider', 'claude', 'hi'],
    'does not fit --provider claude',
  ],
  ['an empty question', [''], 'empty'],
  ['a question in two words', ['hi', 'there'], 'Too many arguments'],
  ['a question that is too long', ['x'.repeat(900_001)], '900,000'],
])('%s is refused as wrong usage', async (_title, args, reason) => {
  world.register({ '1@g.us': family });
  const end = await world.run('ask', ...args);
  expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
});

test.each<[string, (string | Uint8Array)[], string]>([
  ['nothing', [], 'empty'],
  ['what is not UTF-8', [Buffer.from('gr\u00fc\u00dfe', 'latin1')], 'UTF-8'],
  ['too much', Array.from({ length: 30 }, () => 'x'.repeat(100_000)), '900,000'],
])('%s on standard input is refused as wrong usage', async (_title, chunks, reason) => {
  const end = await world.runWith(pipe(...chunks), 'ask', '-');
  expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
});

test('no question at a terminal is refused instead of waited for', async () => {
  const end = await world.runWith({ stdin: new Readable({ read() {} }), isStdinTty: true }, 'ask');
  expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining('in quotes') });
});

/** An engine that answers: it says first whether agents may hold credentials. */
async function startOwnEngine() {
  const socketPath = join(world.home, 'engine.sock');
  world.environment['DOCKER_HOST'] = `unix://${socketPath}`;
  return await startEngine(socketPath, {});
}

test('without a credential nothing is asked, and the command says what mends it', async () => {
  await using _engine = await startOwnEngine();
  const end = await world.run('ask', 'hi');
  expect(end).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('deckhand login claude'),
  });
});

test('a model picks the credential that is missed', async () => {
  await using _engine = await startOwnEngine();
  const end = await world.run('ask', '--model', 'openai/gpt-5.5', 'hi');
  expect(end).toMatchObject({ code: 3, stderr: expect.stringContaining('OPENAI_API_KEY') });
});

test('a model that the group asks with another credential is said', async () => {
  const providerConfig = { codex: { approvalPolicy: 'auto', authMethod: 'api_key' } };
  world.register({ '1@g.us': { ...family, provider: 'codex', providerConfig } });
  const end = await world.run('ask', '--model', 'openai-codex/gpt-5.5', '--group', 'family', 'hi');
  expect(end.stderr).toContain('openai-codex/gpt-5.5 is asked as openai/gpt-5.5');
});

test('without an engine the command says so', async () => {
  world.environment['ANTHROPIC_API_KEY'] = 'key';
  const end = await world.runWith(pipe('hi'), 'ask');
  expect(end).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('Docker') });
});

test('a stopped command that still reads ends as interrupted', async () => {
  const stop = new AbortController();
  const ended = world.runWith(
    { stdin: new Readable({ read: () => stop.abort() }), isStdinTty: false, signal: stop.signal },
    'ask',
  );
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
});

test('registered groups without a main one leave the question to a group of the terminal', async () => {
  world.register({ '1@g.us': { ...family, folder: 'terminal' } });
  expect(await world.run('ask', 'hi')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--group'),
  });
  world.register({ '1@g.us': family });
  expect(await world.run('ask', 'hi')).toMatchObject({ code: 3 });
});
