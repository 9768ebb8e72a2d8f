import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { ChainWorld, FIRST, failure, HOUR_MS, SECOND } from './chain-world.ts';

test.each(['model', 'quota', 'auth', 'timeout'] as const)(
  'after %s the next model is asked at once, and the chat hears nothing of it',
  async (failureClass) => {
    await using world = new ChainWorld();
    world.start();
    world.outcomes = { 'gpt-a': () => failure(failureClass) };
    await world.ask();
    expect(world.asked).toEqual(['gpt-a', 'gpt-b']);
    expect(world.channel.texts).toEqual(['fine']);
  },
);

test.each(['refused', 'context', 'internal', 'cancelled', 'script', 'setup'] as const)(
  'after %s no other model is asked',
  async (failureClass) => {
    await using world = new ChainWorld();
    world.start();
    world.outcomes = { 'gpt-a': () => failure(failureClass) };
    await world.ask();
    expect(world.asked).toEqual(['gpt-a']);
  },
);

test.each(['model', 'quota', 'auth', 'overloaded', 'timeout', 'session'] as const)(
  'after %s with a side effect nothing is asked again',
  async (failureClass) => {
    await using world = new ChainWorld();
    world.start();
    world.outcomes = { 'gpt-a': () => failure(failureClass, { hasSideEffects: true }) };
    await world.ask();
    expect(world.asked).toEqual(['gpt-a']);
    expect(world.channel.texts).toHaveLength(1);
  },
);

test('a model that stays overloaded is tried three times before the next', async () => {
  await using world = new ChainWorld();
  world.start();
  world.outcomes = { 'gpt-a': () => failure('overloaded') };
  const asked = world.ask();
  await world.passWaits(60_000);
  await asked;
  expect(world.asked).toEqual(['gpt-a', 'gpt-a', 'gpt-a', 'gpt-b']);
});

test('an answer is sent even if it cannot be kept that its model works', async () => {
  await using world = new ChainWorld();
  world.start();
  world.db?.exec(`create trigger refuse before insert on model_observations
    begin select raise(abort, 'the disk is full'); end`);
  await world.ask();
  expect(world.channel.texts).toEqual(['fine']);
});

test('a model at its limit is not asked before the limit ends, over restarts', async () => {
  await using world = new ChainWorld();
  world.start();
  const retryAt = world.nowMs + 2 * HOUR_MS;
  world.outcomes = { 'gpt-a': () => failure('quota', { retryAt }) };
  await world.ask();
  await world.stopHost();
  world.start();
  await world.ask();
  expect(world.asked).toEqual(['gpt-b']);
  world.nowMs = retryAt + 1;
  world.outcomes = {};
  await world.ask();
  expect(world.asked).toEqual(['gpt-b', 'gpt-a']);
});

test('a model that is not supported is remembered as such', async () => {
  await using world = new ChainWorld();
  world.start();
  world.outcomes = { 'gpt-a': () => failure('model') };
  await world.ask();
  await world.ask();
  expect(world.asked).toEqual(['gpt-a', 'gpt-b', 'gpt-b']);
  const rows = world.db?.prepare('select name, status from model_observations order by name').all();
  expect(rows).toEqual([
    { name: FIRST, status: 'unsupported' },
    { name: SECOND, status: 'working' },
  ]);
});

test('a model that answers although it was told to be unsupported takes its place again', async () => {
  await using world = new ChainWorld([FIRST, SECOND]);
  world.start();
  world.outcomes = { 'gpt-a': () => failure('model') };
  await world.ask();
  world.outcomes = { 'gpt-b': () => failure('auth') };
  await world.ask();
  world.outcomes = {};
  await world.ask();
  expect(world.asked).toEqual(['gpt-a', 'gpt-b', 'gpt-b', 'gpt-a', 'gpt-a']);
});

test('when every model failed the chat is told once, with the time at which the first limit ends', async () => {
  await using world = new ChainWorld();
  world.start();
  const at = Date.UTC(2026, 10, 21, 15, 30);
  world.outcomes = {
    'gpt-a': () => failure('quota', { retryAt: at + HOUR_MS }),
    'gpt-b': () => failure('quota', { retryAt: at }),
    'gpt-c': () => failure('model'),
  };
  await world.ask();
  expect(world.channel.texts).toEqual([expect.stringContaining('until 2026-11-21 15:30')]);
  await world.ask();
  expect(world.asked).toEqual(['gpt-a', 'gpt-b', 'gpt-c', 'gpt-c']);
  expect(world.channel.texts).toHaveLength(2);
});

test('a group that allows it is answered by Claude when no model of OpenAI can', async () => {
  await using world = new ChainWorld([FIRST], {
    fallbackToClaude: true,
    providerConfig: { codex: { approvalPolicy: 'readonly' } },
  });
  world.start();
  world.outcomes = { 'gpt-a': () => failure('quota') };
  await world.ask();
  expect(world.runner.runs.map((run) => run.request.provider)).toEqual(['codex', 'claude']);
  const row = world.db?.prepare('select provider, model, attempt from runs').get();
  expect(row).toEqual({ provider: 'claude', model: 'anthropic/claude-sonnet-5', attempt: 2 });
});

test('an agent does not resume a session that others have answered behind', async () => {
  await using world = new ChainWorld([FIRST], { fallbackToClaude: true });
  world.start();
  const limited = () => failure('quota', { retryAt: world.nowMs + HOUR_MS });
  const claude = { 'claude-sonnet-5': () => answer('Claude here', 'session-1') };
  world.outcomes = { ...claude, 'gpt-a': limited };
  await world.ask();
  await world.ask();
  world.nowMs += 2 * HOUR_MS;
  world.outcomes = claude;
  await world.ask();
  world.outcomes = { ...claude, 'gpt-a': limited };
  await world.ask();
  const sessions = world.runner.runs.flatMap(({ request }) => request.claude ?? []);
  expect(sessions.map(({ sessionId }) => sessionId)).toEqual([undefined, 'session-1', undefined]);
});

test('a host that crashes between two models goes on with the next one', async () => {
  await using world = new ChainWorld();
  world.start();
  world.runner.respond = (run) => (run.request.model === 'gpt-a' ? failure('quota') : undefined);
  world.engine?.ingest(world.message());
  await world.runner.waitForRun(2);
  world.crash();
  world.start();
  await world.engine?.idle();
  expect(world.asked).toEqual(['gpt-b']);
  expect(world.channel.texts).toEqual(['fine']);
  const row = world.db?.prepare('select attempt, tries from runs').get();
  expect(row).toEqual({ attempt: 3, tries: 2 });
});
