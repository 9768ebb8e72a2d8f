import { MODEL_PORT, type RunRequest } from '@deckhand/protocol';
import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import type { Admission, GatewayEntry, RunOutcome } from '../ports.ts';
import { type RunAgentDeps, runAgent } from './run-agent.ts';

const TOKEN = 't'.repeat(43);
const GROUP = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
const ENTRY: GatewayEntry = {
  attemptId: 'r-1',
  runId: 'r',
  group: GROUP,
  route: { ref: { provider: 'openai', model: 'm' }, name: 'openai/m', agent: 'responses' },
  credential: { ok: true, secrets: {}, onRefused: () => Promise.resolve('over') },
};
const REQUEST: RunRequest = {
  type: 'run',
  v: 1,
  runId: 'r-1',
  provider: 'responses',
  assistantName: 'Deckhand',
  group: { jid: '1@g.us', name: 'A', folder: 'a', isMain: false },
  globalMemory: '',
  history: '',
  prompt: 'hi',
  timeZone: 'UTC',
  timeoutMs: 1_000,
  maxOutputChars: 100,
  responses: {
    approvalPolicy: 'auto',
    auth: 'api_key',
    baseUrl: 'https://models.example',
    isLite: false,
    transport: 'websocket',
  },
  secrets: { OPENAI_API_KEY: 'sk-canary' },
};
const ANSWER: RunOutcome = { status: 'answered', text: 'told', isCut: false };

/** What happened, in order. */
function world(serves: boolean, admits = true) {
  const events: string[] = [];
  const requests: RunRequest[] = [];
  const admission: Admission = {
    access: { token: TOKEN },
    settle(outcome) {
      events.push('settled');
      return outcome.status === 'answered' ? { ...outcome, text: 'seen' } : outcome;
    },
    [Symbol.dispose]: () => void events.push('closed'),
  };
  const deps: RunAgentDeps = {
    gateway: {
      serves: () => serves,
      admit: ({ attemptId }) => {
        events.push(`admitted ${attemptId}`);
        return admits ? Promise.resolve(admission) : Promise.reject(new Error('no space left'));
      },
    },
    runner: {
      run(request) {
        events.push('run');
        requests.push(request);
        return Promise.resolve(ANSWER);
      },
    },
  };
  const run = () =>
    runAgent(
      deps,
      ENTRY,
      REQUEST,
      { onContainer() {}, onEvent() {} },
      new AbortController().signal,
    );
  return { events, requests, run };
}

test('an attempt is let through before it runs and until it is settled, and its outcome is what was seen', async () => {
  const { events, run } = world(true);
  expect(await run()).toMatchObject({ status: 'answered', text: 'seen' });
  expect(events).toEqual(['admitted r-1', 'run', 'settled', 'closed']);
});

test('through the door no credential and no address of a server is in the request', async () => {
  const { requests, run } = world(true);
  await run();
  expect(JSON.stringify(requests)).not.toMatch(/canary|models\.example/);
  expect(requests[0]).toMatchObject({
    gateway: { token: TOKEN },
    secrets: { OPENAI_API_KEY: expect.any(String) },
    responses: { baseUrl: `http://127.0.0.1:${MODEL_PORT}`, transport: 'sse' },
  });
});

test('a group without a door is run with the request as it is', async () => {
  const { events, requests, run } = world(false);
  expect(await run()).toEqual(ANSWER);
  expect(requests).toEqual([REQUEST]);
  expect(events).toEqual(['run']);
});

test('a door that cannot be opened fails the attempt, and the agent is not asked', async () => {
  const { events, run } = world(true, false);
  expect(await run()).toMatchObject({
    status: 'failed',
    class: 'internal',
    detail: expect.stringContaining('no space left'),
    hasSideEffects: false,
  });
  expect(events).toEqual(['admitted r-1']);
});
