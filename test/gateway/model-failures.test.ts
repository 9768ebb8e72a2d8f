import { afterEach, beforeEach, expect, test } from 'vitest';
import { failWith } from '../loopback/models/model-script.ts';
import { CLAUDE_ASK, GatewayWorld, OPENAI_ASK } from './gateway-world.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await GatewayWorld.start();
});
afterEach(async () => await world[Symbol.asyncDispose]());

const failed = (failureClass: 'quota' | 'internal' | 'model') =>
  ({ status: 'failed', class: failureClass, detail: 'I failed', hasSideEffects: false }) as const;

test('a usage limit counts as one with its end, and too many requests do not', async () => {
  const resetsAt = 1_900_000_000;
  const limit = { error: { type: 'usage_limit_reached', message: 'x', resets_at: resetsAt } };
  world.models.script = [{ times: 1, steps: [failWith(429, limit)] }, { steps: [failWith(429)] }];
  const limited = await world.admit('openai-codex');
  expect(await world.ask(limited, '/responses', { body: OPENAI_ASK })).toMatchObject({
    status: 429,
    text: JSON.stringify(limit),
  });
  expect(limited.settle(failed('internal'))).toMatchObject({
    class: 'quota',
    retryAt: resetsAt * 1000,
  });
  const busy = await world.admit('openai-codex');
  await world.ask(busy, '/responses', { body: OPENAI_ASK });
  expect(busy.settle(failed('quota'))).toMatchObject({ class: 'overloaded' });
});

test('a limit of a Claude subscription is read from the headers, which pass too', async () => {
  const headers = {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': '1900000000',
    'set-cookie': 'x=1',
    'anthropic-organization-id': 'org',
  };
  world.models.script = [{ steps: [failWith(429, undefined, headers)] }];
  const admission = await world.admit('anthropic');
  const answer = await world.ask(admission, '/v1/messages', { body: CLAUDE_ASK });
  expect(answer.headers).toMatchObject({ 'anthropic-ratelimit-unified-reset': '1900000000' });
  expect(answer.headers).not.toHaveProperty('set-cookie');
  expect(answer.headers).not.toHaveProperty('anthropic-organization-id');
  expect(admission.settle(failed('quota'))).toMatchObject({
    class: 'quota',
    retryAt: 1_900_000_000_000,
  });
});

test('a model that is overloaded, and one that is not known, are told as they are', async () => {
  world.models.script = [
    { times: 1, steps: [failWith(529)] },
    {
      steps: [
        failWith(404, {
          type: 'error',
          error: { type: 'not_found_error', message: 'model: claude-sonnet-5' },
        }),
      ],
    },
  ];
  const overloaded = await world.admit('anthropic');
  expect((await world.ask(overloaded, '/v1/messages', { body: CLAUDE_ASK })).status).toBe(529);
  expect(overloaded.settle(failed('quota'))).toHaveProperty('class', 'overloaded');
  const unknown = await world.admit('anthropic');
  expect((await world.ask(unknown, '/v1/messages', { body: CLAUDE_ASK })).status).toBe(404);
  expect(unknown.settle(failed('model'))).toHaveProperty('class', 'model');
});

const unknownModel = (model: string) => {
  const error = { type: 'not_found_error', message: `model: ${model}` };
  return { steps: [failWith(404, { type: 'error', error })] };
};

test('what a model says that is only asked beside the attempt’s own is no failure of that', async () => {
  world.models.script = [unknownModel('claude-haiku-0')];
  const admission = await world.admit('anthropic');
  const body = { ...CLAUDE_ASK, model: 'claude-haiku-0' };
  for (const path of ['/v1/messages', '/v1/messages/count_tokens'])
    await world.ask(admission, path, { body });
  expect(world.models.requests).toHaveLength(2);
  expect(admission.settle(failed('model'))).toHaveProperty('class', 'internal');
});

test('a family has no unknown model, whatever its members are called, and all its other failures', async () => {
  world.models.script = [
    { times: 1, ...unknownModel('claude-sonnet-0') },
    { steps: [failWith(529)] },
  ];
  const admission = await world.admit('anthropic', {
    route: {
      ref: { provider: 'anthropic', model: 'sonnet' },
      name: 'anthropic/sonnet',
      agent: 'claude',
    },
  });
  const body = { ...CLAUDE_ASK, model: 'claude-sonnet-0' };
  expect((await world.ask(admission, '/v1/messages', { body })).status).toBe(404);
  expect(admission.settle(failed('model'))).toHaveProperty('class', 'internal');
  expect((await world.ask(admission, '/v1/messages', { body })).status).toBe(529);
  expect(admission.settle(failed('quota'))).toHaveProperty('class', 'overloaded');
});

test('a server that cannot be reached is told, and is an overload', async () => {
  const admission = await world.admit('openai');
  await world.models[Symbol.asyncDispose]().catch(() => undefined);
  const answer = await world.ask(admission, '/responses', { body: OPENAI_ASK });
  expect(answer).toMatchObject({ status: 502, headers: { 'x-should-retry': 'true' } });
  expect(admission.settle(failed('quota'))).toHaveProperty('class', 'overloaded');
});
