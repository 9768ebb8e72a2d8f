import { expect, test } from 'vitest';
import type { MessageDecision } from '../decision.ts';
import { NOT_SENT_RESTORED, RESTORED } from '../restored.ts';
import { AROUND, attemptOf, factsOf, QUESTION, runOf, sentOf } from './facts.fixture.ts';
import type { CommandFacts, SlotFacts, StoryAround, StoryFacts } from './facts.ts';
import { judge } from './judge.ts';
import { tellStory } from './tell-story.ts';

const HOST_DOWN: StoryAround = { ...AROUND, isHostRunning: false };
const UNREGISTERED: StoryAround = { ...AROUND, groupOf: () => undefined };

type Case = [
  title: string,
  facts: Partial<StoryFacts>,
  status: string,
  sentence: string,
  around?: StoryAround,
];

function expectVerdict(...[, facts, status, sentence, around = AROUND]: Case): void {
  expect(judge(factsOf(facts), around)).toEqual({
    status,
    sentence: expect.stringContaining(sentence),
  });
}

function asideOf(decision: MessageDecision | null): Partial<StoryFacts> {
  return { message: { ...QUESTION, isTrigger: false, state: 'context', decision } };
}

function commandOf(state: CommandFacts['state']): Partial<StoryFacts> {
  return { ...asideOf('command'), command: { state, createdAt: 0, endedAt: null } };
}

const UNASKED: Case[] = [
  ['of others', asideOf('not_addressed'), 'not_asked', 'not addressed to the assistant'],
  ['without its word', asideOf('not_addressed'), 'not_asked', 'nor says @Rob'],
  ['without a text', asideOf('empty'), 'not_asked', 'no text'],
  ['not allowed', asideOf('not_allowed'), 'not_asked', 'groups set family --allow'],
  ['dropped', asideOf('dropped'), 'not_asked', 'nothing but the time is kept'],
  ['stale', asideOf('stale'), 'not_asked', 'It came in too late (stale)'],
  ['of an earlier version', asideOf(null), 'not_asked', 'why was not noted'],
  ['a command that is done', commandOf('done'), 'answered', 'has done it'],
  ['a command that failed', commandOf('failed'), 'failed', 'the chat was told why'],
  ['a command cut short', commandOf('interrupted'), 'failed', 'write it again'],
  ['a command at work', commandOf('running'), 'running', 'is at it'],
  ['a command without a host', commandOf('waiting'), 'waiting', '`deckhand start`', HOST_DOWN],
  ['a command without its row', asideOf('command'), 'unknown', 'not known'],
];
test.each(UNASKED)('a message that asks no agent: %s', expectVerdict);

const busy = { isChatBusy: true, running: 1, ahead: 0 };
const loggedOut = { reason: 'the phone has removed this device', mend: 'Run `deckhand link`.' };
const full = { isChatBusy: false, running: 2, ahead: 0 };
const WAITING: Case[] = [
  ['a moment', {}, 'waiting', 'waits to be taken up'],
  ['for the host', {}, 'waiting', 'the host is not running; `deckhand start`', HOST_DOWN],
  ['for a link', { stoppedLink: loggedOut }, 'waiting', 'removed this device. Run', HOST_DOWN],
  ['for a registration', {}, 'waiting', 'not registered any more', UNREGISTERED],
  ['for the run before', { queue: busy }, 'waiting', 'the run before it in this chat'],
  ['for a place', { queue: full }, 'waiting', '2 runs of other chats go on, and no chats have'],
];
test.each(WAITING)('a question that waits: %s', expectVerdict);

const on = runOf({ state: 'running', finishedAt: null, model: null });
const starting = attemptOf({ containerAt: null });
const RUNNING: Case[] = [
  ['choosing a model', { run: on }, 'running', 'taken up 58 s ago; a model is being chosen'],
  ['starting', { run: on, attempts: [starting] }, 'running', 'container is being started'],
  ['working', { run: on, attempts: [attemptOf()] }, 'running', 'openai/gpt-5.5 has been working'],
  [
    'between attempts',
    { run: on, attempts: [attemptOf({ endedAt: 5_000, outcome: 'failed' })] },
    'running',
    'last attempt has ended',
  ],
  ['without a host', { run: on }, 'waiting', '`deckhand start` takes it up', HOST_DOWN],
  ['given up', { run: runOf({ state: 'cancelled' }) }, 'failed', 'registered no more'],
  [
    'ended by a restore',
    { run: runOf({ state: 'cancelled', reason: RESTORED }) },
    'failed',
    'in the backup that was restored',
  ],
];
test.each(RUNNING)('a question with a run: %s', expectVerdict);

function failedBy(reason: string, detail = 'why'): Partial<StoryFacts> {
  return { run: runOf({ state: 'failed', reason, detail }), sent: [sentOf()] };
}
const passed = [
  { name: 'openai/a', class: 'quota' as const },
  { name: 'anthropic/b', class: 'auth' as const },
];
const exhausted = runOf({ state: 'failed', reason: 'quota', detail: '', passed });
const FAILED: Case[] = [
  ['over budget', { ...failedBy('budget'), sent: [] }, 'failed', 'over budget for this day'],
  ['over budget', { ...failedBy('budget'), sent: [] }, 'failed', 'is told so once a day'],
  [
    'every model',
    { run: exhausted },
    'failed',
    'Every model failed: openai/a (usage limit), anthropic/b (sign-in refused or missing).',
  ],
  [
    'sign-in',
    failedBy('auth'),
    'failed',
    'no model has a sign-in that works: why. `deckhand login',
  ],
  ['quota', failedBy('quota'), 'failed', 'usage limit of the model is reached: why.'],
  ['overloaded', failedBy('overloaded'), 'failed', 'not reachable: why.'],
  ['model', failedBy('model'), 'failed', 'not available: why. `deckhand models`'],
  ['context', failedBy('context'), 'failed', 'too long for the model'],
  ['refused', failedBy('refused'), 'failed', 'the model refused it'],
  [
    'an agent that may not be started',
    failedBy('setup', 'Mount /etc is not on the allowlist.'),
    'failed',
    'No agent was started: Mount /etc is not on the allowlist. `deckhand doctor`',
  ],
  [
    'tokens that were used up meanwhile',
    { ...failedBy('out_of_tokens'), sent: [] },
    'failed',
    'stopped by the budget of its group: why. `deckhand groups list` shows the budget, `deckhand groups set` changes it. The chat is told so once a day.',
  ],
  ['script', failedBy('script'), 'failed', 'the check before the task failed'],
  ['timeout', failedBy('timeout'), 'failed', 'CONTAINER_TIMEOUT'],
  ['cancelled', failedBy('cancelled'), 'failed', 'stopped on request'],
  ['session', failedBy('session'), 'failed', '`deckhand logs --run` with the id'],
  ['internal', failedBy('internal', 'a.b. '), 'failed', 'broke in the agent: a.b. Ask'],
  ['no answer', failedBy('no_answer'), 'failed', 'ended without an answer'],
  ['interrupted', failedBy('interrupted'), 'failed', 'several interruptions'],
  ['container', failedBy('container'), 'failed', '`deckhand doctor` checks Docker'],
  ['a reason of another version', failedBy('novel', 'x'), 'failed', 'It failed: x.'],
];
test.each(FAILED)('a question whose run failed: %s', expectVerdict);

const NOT_SENT = sentOf({ state: 'rejected', reason: NOT_SENT_RESTORED });

function noticed(sent: StoryFacts['sent'], slot?: SlotFacts): Partial<StoryFacts> {
  return { ...failedBy('refused'), sent, slot };
}
const NOTICED: Case[] = [
  ['is known there', noticed([sentOf()]), 'failed', 'The chat was told.'],
  ['is on its way', noticed([sentOf({ state: 'pending' })]), 'failed', 'not been confirmed'],
  ['waits', noticed([sentOf({ state: 'pending' })]), 'failed', '`deckhand start`', HOST_DOWN],
  ['was left out', noticed([NOT_SENT]), 'failed', 'not told, since a backup was restored'],
  ['was refused', noticed([sentOf({ state: 'rejected' })]), 'failed', 'refused the notice'],
  ['is not meant for it', noticed([sentOf({ isByTool: true })]), 'failed', 'was not told'],
  [
    'is not final',
    noticed([], { taskId: 't', scheduledFor: 0, state: 'waiting' }),
    'failed',
    'It will be tried again.',
  ],
];
test.each(NOTICED)('whether the chat was told of a failure: it %s', expectVerdict);

function sent(...rows: StoryFacts['sent']): Partial<StoryFacts> {
  return { run: runOf(), sent: rows };
}
const DELIVERED: Case[] = [
  ['acked', sent(sentOf()), 'answered', 'server has the answer, 9.0 s after it came in'],
  ['in parts', sent(sentOf(), sentOf()), 'answered', 'all 2 parts of the answer'],
  ['refused', sent(sentOf({ state: 'rejected', reason: '479' })), 'failed', 'refused it: 479.'],
  [
    'left out by a restore',
    sent(NOT_SENT),
    'failed',
    'in the backup that was restored, and it was',
  ],
  ['to be sent', sent(sentOf({ state: 'pending' })), 'waiting', 'waits to be sent'],
  [
    'unconfirmed',
    sent(sentOf(), sentOf({ state: 'pending', attempts: 3 })),
    'waiting',
    'WhatsApp has not confirmed the answer yet',
  ],
  ['to be sent', sent(sentOf({ state: 'pending' })), 'waiting', '`deckhand start`', HOST_DOWN],
  [
    'to be sent without a link',
    { ...sent(sentOf({ state: 'pending' })), stoppedLink: loggedOut },
    'waiting',
    'the link to WhatsApp has ended: the phone has removed this device. Run `deckhand link`.',
  ],
  ['not needed', sent(), 'answered', 'ended well without a message'],
];
test.each(DELIVERED)('a question whose run ended well: %s', expectVerdict);

function slotOf(state: string): Partial<StoryFacts> {
  const slot = { taskId: 't', scheduledFor: 0, state };
  return { message: undefined, run: runOf({ kind: 'task' }), slot };
}
const TASKS: Case[] = [
  ['had nothing to do', slotOf('not_woken'), 'answered', 'found nothing to do'],
  ['had nothing to say', slotOf('silent'), 'answered', 'nothing to say'],
  [
    'was answered',
    { ...slotOf('answered'), sent: [sentOf()] },
    'answered',
    '8.0 s after the run began',
  ],
];
test.each(TASKS)('a task that %s', expectVerdict);

test('a question that failed without a run is not told as answered', () => {
  expectVerdict(
    '',
    { message: { ...QUESTION, state: 'failed' } },
    'failed',
    'no run of it is known',
  );
});

test('what a restore left out was neither sent nor refused by WhatsApp', () => {
  const { steps } = tellStory(factsOf(sent(NOT_SENT)), AROUND);
  expect(steps.at(-1)).toEqual({
    name: 'sent',
    at: 10_000,
    status: 'no',
    detail: 'not sent: restored from a backup',
  });
});
