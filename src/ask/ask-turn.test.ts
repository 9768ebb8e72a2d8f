import { expect, test } from 'vitest';
import type { UsableCredential } from '../core/credential.ts';
import { registeredGroupSchema } from '../core/group.ts';
import type { ModelRoute } from '../core/models/route.ts';
import { openDatabase } from '../db/database.ts';
import { createModelStore } from '../db/models.ts';
import { createChooseRoute } from '../engine/choose-route.ts';
import { createLogger } from '../logger.ts';
import type { RunOutcome } from '../ports.ts';
import { type AskOutcome, createAskTurn } from './ask-turn.ts';
import { type AskConversation, createConversation } from './conversation.ts';

const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
const route = (model: string): ModelRoute => ({
  ref: { provider: 'openai', model },
  name: `openai/${model}`,
  agent: 'codex',
});
const routes = [route('one'), route('two')];
const answered: RunOutcome = { status: 'answered', text: 'Hello.', isCut: false };
const failed = (
  failureClass: 'quota' | 'auth' | 'refused' | 'session',
  hasSideEffects = false,
): RunOutcome => ({
  status: 'failed',
  class: failureClass,
  detail: 'words of the model',
  hasSideEffects,
});

interface Played {
  readonly outcomes: readonly RunOutcome[];
  readonly hasShown?: boolean;
  readonly onRefused?: UsableCredential['onRefused'];
  readonly signal?: AbortSignal;
  readonly isMissing?: boolean;
  readonly conversation?: AskConversation;
}

/** Asks once; the n-th attempt ends in the n-th outcome. */
async function play(played: Played) {
  const db = openDatabase(':memory:');
  const models = createModelStore(db);
  const asked: string[] = [];
  let prepared = 0;
  const now = () => 0;
  const onRefused = played.onRefused ?? (async () => 'over' as const);
  const notice = 'Sign in first.';
  const logger = createLogger('silent');
  const chooseRoute = createChooseRoute({
    models,
    planRoutes: () => ({ routes, problems: [] }),
    resolveCredential: async () =>
      played.isMissing
        ? { ok: false, reason: 'missing', notice, detail: 'none' }
        : { ok: true, secrets: {}, onRefused },
    now,
    logger,
  });
  const turn = createAskTurn({
    runner: {
      async run(request) {
        asked.push(request.model ?? '');
        return played.outcomes[asked.length - 1] ?? failed('refused');
      },
    },
    gateway: { serves: () => false, admit: () => Promise.reject(new Error('no door')) },
    models,
    chooseRoute,
    logger,
    prepare: async () => void (prepared += 1),
    settings: {
      assistantName: 'A',
      timeZone: 'UTC',
      containerTimeoutMs: 1_000,
      responsesTransport: 'sse',
    },
    describeModel: () => ({ isLite: false, clampEffort: (effort) => effort }),
    readGlobalMemory: async () => '',
    now,
  });
  const handlers = { onEvent: () => undefined, hasShown: () => played.hasShown ?? false };
  const signal = played.signal ?? new AbortController().signal;
  const { conversation } = played;
  const request = { group, text: 'hi', isStreaming: true, ...(conversation && { conversation }) };
  const outcome: AskOutcome = await turn(request, handlers, signal);
  const cooling = models.listCooling(0).map(({ name }) => name);
  const shown = models.listObservations().map(({ name, status }) => `${name}: ${status}`);
  db.close();
  return { outcome, asked, prepared, cooling, shown };
}

test('an answer ends the question after one attempt', async () => {
  expect(await play({ outcomes: [answered] })).toEqual({
    outcome: answered,
    asked: ['one'],
    prepared: 1,
    cooling: [],
    shown: ['openai/one: working'],
  });
});

test('a model at its limit cools down and the next one is asked, with agents prepared once', async () => {
  const end = await play({ outcomes: [failed('quota'), answered] });
  expect(end).toMatchObject({ outcome: answered, asked: ['one', 'two'], prepared: 1 });
  expect(end.cooling).toEqual(['openai/one']);
});

test.each([
  ['text that somebody has read', { outcomes: [failed('quota'), answered], hasShown: true }],
  ['the effect of a tool', { outcomes: [failed('quota', true), answered] }],
])('after %s no other model is asked', async (_title, played) => {
  const { outcome, asked } = await play(played);
  expect(asked).toEqual(['one']);
  expect(outcome).toMatchObject({ status: 'failed', detail: 'words of the model' });
});

test('a renewed credential is tried once more with the same model', async () => {
  const onRefused = async () => 'renewed' as const;
  const { outcome, asked } = await play({ outcomes: [failed('auth'), answered], onRefused });
  expect(outcome).toEqual(answered);
  expect(asked).toEqual(['one', 'one']);
});

test('a missing credential is told before anything is prepared', async () => {
  const end = await play({ outcomes: [], isMissing: true });
  expect(end).toMatchObject({
    outcome: { status: 'not_ready', notice: 'Sign in first.' },
    asked: [],
    prepared: 0,
  });
});

test('an aborted question is interrupted, whatever the run made of it', async () => {
  const { outcome } = await play({ outcomes: [failed('quota')], signal: AbortSignal.abort() });
  expect(outcome).toEqual({ status: 'interrupted' });
});

test('an answer becomes part of the conversation, a failure does not', async () => {
  const conversation = createConversation();
  await play({ outcomes: [failed('refused')], conversation });
  expect(conversation.history('UTC')).toBe('');
  await play({ outcomes: [{ ...answered, sessionId: 'one' }], conversation });
  expect(conversation.history('UTC')).toMatch(/hi[^]*Hello\./);
  expect(conversation.sessionOf('codex')).toBe('one');
});

test('a session that is lost is forgotten, and the same model asked again', async () => {
  const conversation = createConversation();
  await play({ outcomes: [{ ...answered, sessionId: 'one' }], conversation });
  const { asked } = await play({ outcomes: [failed('session'), answered], conversation });
  expect(asked).toEqual(['one', 'one']);
  expect(conversation.sessionOf('codex')).toBeUndefined();
});
