import type { RunFacts, SentFacts, StoryAround, StoryFacts } from './facts.ts';

export const AROUND: StoryAround = {
  now: 60_000,
  isHostRunning: true,
  groupOf: () => ({ folder: 'family', address: '@Rob' }),
};

export const QUESTION: NonNullable<StoryFacts['message']> = {
  seq: 7,
  id: 'M1',
  senderJid: '1@s.whatsapp.net',
  senderName: 'Ana',
  sentAt: 0,
  receivedAt: 1_000,
  isTrigger: true,
  state: 'claimed',
  decision: 'mention',
};

const QUIET = { isChatBusy: false, running: 0, ahead: 0 };

/** The facts of a question that waits for nothing in particular, unless they say otherwise. */
export function factsOf(facts: Partial<StoryFacts> = {}): StoryFacts {
  return {
    chatJid: 'a@g.us',
    message: { ...QUESTION, ...(facts.run === undefined && { state: 'pending' as const }) },
    command: undefined,
    run: undefined,
    attempts: [],
    denials: [],
    slot: undefined,
    sent: [],
    queue: QUIET,
    stoppedLink: undefined,
    ...facts,
  };
}

export function runOf(run: Partial<RunFacts> = {}): RunFacts {
  return {
    id: 'run-1',
    kind: 'messages',
    folder: 'family',
    state: 'answered',
    createdAt: 2_000,
    finishedAt: 9_000,
    model: 'openai/gpt-5.5',
    reason: null,
    detail: null,
    passed: [],
    questions: 1,
    ...run,
  };
}

export function attemptOf(
  attempt: Partial<StoryFacts['attempts'][number]> = {},
): StoryFacts['attempts'][number] {
  return {
    attempt: 1,
    provider: 'codex',
    model: 'openai/gpt-5.5',
    startedAt: 2_000,
    containerId: 'c0ffee0123456789',
    containerAt: 3_000,
    firstEventAt: 4_000,
    endedAt: null,
    outcome: null,
    class: null,
    detail: null,
    tools: 0,
    inputTokens: null,
    outputTokens: null,
    ...attempt,
  };
}

export function sentOf(sent: Partial<SentFacts> = {}): SentFacts {
  return {
    id: 'A1',
    kind: 'text',
    isByTool: false,
    state: 'acked',
    attempts: 0,
    createdAt: 9_000,
    settledAt: 10_000,
    reason: null,
    ...sent,
  };
}
