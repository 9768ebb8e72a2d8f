import { afterEach, beforeEach, expect, test } from 'vitest';
import { hold } from '../loopback/models/gate.ts';
import { cutStream, failWith, say, wait } from '../loopback/models/model-script.ts';
import { CLAUDE_ASK, GatewayWorld, OPENAI_ASK } from './gateway-world.ts';

let world: GatewayWorld;
beforeEach(async () => {
  world = await GatewayWorld.start();
});
afterEach(async () => await world[Symbol.asyncDispose]());

const answered = { status: 'answered', text: 'hi', isCut: false } as const;
const failed = (failureClass: 'quota' | 'overloaded') =>
  ({ status: 'failed', class: failureClass, detail: 'I failed', hasSideEffects: false }) as const;
/** What the host takes a question for whose answer has told nothing of it. */
const ESTIMATE = Math.ceil(JSON.stringify(OPENAI_ASK).length / 4);

test('the tokens that the model has counted are those of the attempt, also when twenty ask at a time', async () => {
  world.models.script = [{ steps: [say('hi', { inputTokens: 30, outputTokens: 7 })] }];
  const claude = await world.admit('anthropic');
  const openai = await world.admit('openai');
  const asks = Array.from({ length: 10 }, (_, index) => [
    world.ask(claude, '/v1/messages', { body: { ...CLAUDE_ASK, stream: index % 2 === 0 } }),
    world.ask(openai, '/responses', { body: OPENAI_ASK }),
  ]).flat();
  for (const { status } of await Promise.all(asks)) expect(status).toBe(200);
  const usage = { inputTokens: 300, cachedInputTokens: 0, outputTokens: 70 };
  expect(claude.settle(answered)).toEqual({ ...answered, usage });
  expect(openai.settle({ ...answered, usage: { ...usage, outputTokens: 1 } })).toEqual({
    ...answered,
    usage,
  });
});

test('a stream that is cut is cut for the container too, and costs what it lets expect', async () => {
  world.models.script = [{ steps: [cutStream('half')] }];
  const admission = await world.admit('openai');
  await expect(world.ask(admission, '/responses', { body: OPENAI_ASK })).rejects.toThrow('aborted');
  const settled = admission.settle(failed('overloaded'));
  expect(settled).toHaveProperty('usage.inputTokens', ESTIMATE);
});

test('a question that is dropped before its answer begins has cost what its length lets expect', async () => {
  const gate = hold();
  world.models.script = [{ steps: [wait(gate), say('never')] }];
  const admission = await world.admit('openai');
  const gone = new AbortController();
  const asking = world.ask(admission, '/responses', { body: OPENAI_ASK, signal: gone.signal });
  await gate.reached;
  gone.abort();
  await expect(asking).rejects.toThrow('aborted');
  const usage = { inputTokens: ESTIMATE, cachedInputTokens: 0, outputTokens: 0 };
  expect(admission.settle(answered)).toEqual({ ...answered, usage });
});

test('a question that the model does not answer costs nothing', async () => {
  world.models.script = [{ steps: [failWith(529)] }];
  const admission = await world.admit('openai');
  expect((await world.ask(admission, '/responses', { body: OPENAI_ASK })).status).toBe(529);
  expect(admission.settle(answered)).toEqual(answered);
});

test('of many that ask at a time near the end of the tokens only the first is let through', async () => {
  world.models.script = [{ steps: [say('hi', { inputTokens: 90, outputTokens: 10 })] }];
  const admission = await world.admit('openai', { tokensLeft: 100 });
  const asks = Array.from({ length: 10 }, () =>
    world.ask(admission, '/responses', { body: OPENAI_ASK }),
  );
  const statuses = (await Promise.all(asks)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  expect(statuses.filter((status) => status === 429)).toHaveLength(9);
  expect(world.models.requests).toHaveLength(1);
});

test('one that waits for the others’ tokens is asked when these have left some', async () => {
  const gate = hold();
  const usage = { inputTokens: 30, outputTokens: 10 };
  world.models.script = [
    { times: 1, steps: [wait(gate), say('first', usage)] },
    { steps: [say('second', usage)] },
  ];
  const admission = await world.admit('openai', { tokensLeft: 100 });
  const ask = () => world.ask(admission, '/responses', { body: OPENAI_ASK });
  const first = ask();
  await gate.reached;
  const second = ask();
  gate.release();
  expect((await first).text).toContain('first');
  expect((await second).text).toContain('second');
});

test('an attempt is stopped when its tokens are used up', async () => {
  world.models.script = [{ steps: [say('hi', { inputTokens: 90, outputTokens: 10 })] }];
  const admission = await world.admit('anthropic', { tokensLeft: 150 });
  const ask = () => world.ask(admission, '/v1/messages', { body: CLAUDE_ASK });
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200]);
  const refused = await ask();
  expect(refused).toMatchObject({ status: 429, headers: { 'x-should-retry': 'false' } });
  expect(JSON.parse(refused.text)).toEqual({
    type: 'error',
    error: { type: 'rate_limit_error', message: "This group's tokens of the day are used up." },
  });
  expect(world.models.requests).toHaveLength(2);
  expect(admission.settle(failed('quota'))).toHaveProperty('class', 'out_of_tokens');
});
