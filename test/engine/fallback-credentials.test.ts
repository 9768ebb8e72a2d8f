import { expect, test } from 'vitest';
import { answer } from '../fakes/fake-runner.ts';
import { NO_GATEWAY } from '../fakes/no-gateway.ts';
import { watchedDoors } from '../fakes/watched-doors.ts';
import { ChainWorld, FIRST, failure, SECOND, THIRD } from './chain-world.ts';
import { keyCredential } from './world.ts';

test('a refused credential takes all its models with it', async () => {
  await using world = new ChainWorld([SECOND, THIRD, FIRST]);
  world.start();
  world.outcomes = { 'gpt-b': () => failure('auth') };
  await world.ask();
  expect(world.asked).toEqual(['gpt-b', 'gpt-a']);
});

test('a credential that could be renewed is tried once more with the same model', async () => {
  await using world = new ChainWorld();
  world.start();
  let renewals = 0;
  world.credentialFor = () =>
    keyCredential({
      onRefused: () => {
        renewals += 1;
        return Promise.resolve('renewed');
      },
    });
  world.outcomes = { 'gpt-a': () => (renewals === 0 ? failure('auth') : answer('after renewal')) };
  await world.ask();
  expect(world.asked).toEqual(['gpt-a', 'gpt-a']);
  expect(world.channel.texts).toEqual(['after renewal']);
});

test.each([
  ['renews it where there is no door', NO_GATEWAY, 1],
  ['renews nothing behind a door, whose host sees for itself', watchedDoors(), 0],
])('what an agent says of a refused credential %s', async (_title, gateway, expected) => {
  await using world = new ChainWorld();
  world.gateway = gateway;
  world.start();
  let renewals = 0;
  const onRefused = () => {
    renewals += 1;
    return Promise.resolve('renewed' as const);
  };
  world.credentialFor = () => keyCredential({ onRefused });
  world.outcomes = {
    'gpt-a': ({ request: { runId }, handlers }) => {
      handlers.onEvent({ type: 'progress', seq: 1, runId, kind: 'auth', detail: 'refused' });
      return answer('fine');
    },
  };
  await world.ask();
  expect(world.channel.texts).toEqual(['fine']);
  expect(renewals).toBe(expected);
});

test('a credential that is refused again after its renewal gives way to the next model', async () => {
  await using world = new ChainWorld();
  world.start();
  world.credentialFor = () => keyCredential({ onRefused: () => Promise.resolve('renewed') });
  world.outcomes = { 'gpt-a': () => failure('auth') };
  await world.ask();
  expect(world.asked).toEqual(['gpt-a', 'gpt-a', 'gpt-b']);
});

test.each([
  ['gives way to the next model', false, ['gpt-a', 'gpt-b'], 'fine'],
  ['ends a run in which a tool ran', true, ['gpt-a'], 'sign-in to the model was refused'],
] as const)('a credential whose renewal breaks %s', async (_title, hasSideEffects, asked, text) => {
  await using world = new ChainWorld();
  world.start();
  world.credentialFor = () =>
    keyCredential({ onRefused: () => Promise.reject(new Error('disk full')) });
  world.outcomes = { 'gpt-a': () => failure('auth', { hasSideEffects }) };
  await world.ask();
  expect(world.asked).toEqual(asked);
  expect(world.channel.texts).toEqual([expect.stringContaining(text)]);
});

test('a sign-in that cannot be renewed at the moment is not called refused', async () => {
  await using world = new ChainWorld([FIRST]);
  world.start();
  world.credentialFor = () => keyCredential({ onRefused: () => Promise.resolve('unavailable') });
  world.outcomes = { 'gpt-a': () => failure('auth', { hasSideEffects: true }) };
  await world.ask();
  expect(world.channel.texts).toEqual([expect.stringContaining('not reachable at the moment')]);
});

test('models without a credential are passed over', async () => {
  await using world = new ChainWorld();
  world.start();
  const missing = { ok: false, reason: 'missing', notice: 'Sign in.', detail: 'none' } as const;
  world.credentialFor = (route) => (route.ref.provider === 'openai' ? keyCredential() : missing);
  await world.ask();
  expect(world.asked).toEqual(['gpt-b']);
});

test('a model that waits for a sign-in is said to, even if it was unsupported before', async () => {
  await using world = new ChainWorld([FIRST]);
  world.start();
  world.outcomes = { 'gpt-a': () => failure('model') };
  await world.ask();
  const missing = { ok: false, reason: 'missing', notice: 'Sign in.', detail: 'none' } as const;
  world.credentialFor = () => missing;
  await world.ask();
  expect(world.channel.texts.at(-1)).toBe('Sign in.');
});
