import type { RunRequest } from '@deckhand/protocol';
import { waitUnlessAborted } from '../../../src/wait.ts';
import type { Random } from '../random.ts';
import { type AgentRequestsDeps, askHost } from './agent-requests.ts';
import { type Instructions, readInstructions } from './instructions.ts';
import type { Work, YardAgent } from './yard-agent.ts';

const FAST_MS = 8;
const SLOW_MS = 400;
/** More than fits into two messages of WhatsApp. */
const LONG_CHARS = 9_000;

export interface FakeAgentDeps extends AgentRequestsDeps {
  readonly random: Random;
  /** All agents that have not ended. */
  readonly alive: () => readonly YardAgent[];
}

/**
 * An agent without a model: it answers with the tokens it was asked about, so that each visible message can be
 * traced to its questions.
 */
export function createFakeAgent(deps: FakeAgentDeps): Work {
  return async (request, agent, signal) => {
    noteRepetition(deps, request);
    const instructions = readInstructions(request.prompt);
    agent.say(request.runId, { type: 'started', provider: request.provider });
    if (instructions.kind === 'task') await doTask(deps, request, agent, signal, instructions);
    else await answer(deps, request, agent, signal, instructions);
  };
}

type Of<Kind extends Instructions['kind']> = Extract<Instructions, { kind: Kind }>;

async function doTask(
  deps: FakeAgentDeps,
  { runId }: RunRequest,
  agent: YardAgent,
  signal: AbortSignal,
  { token, planned }: Of<'task'>,
): Promise<void> {
  // A slot that failed without a tool is tried again a minute later, which is long for a test.
  agent.say(runId, { type: 'progress', kind: 'tool', detail: 'clock' });
  await pause(deps.random.integer(0, FAST_MS), signal);
  agent.say(runId, {
    type: 'result',
    text: `Task ${token} of ${planned} by ${runId}`,
    isCut: false,
  });
}

async function answer(
  deps: FakeAgentDeps,
  request: RunRequest,
  agent: YardAgent,
  signal: AbortSignal,
  { tokens, words }: Of<'messages'>,
): Promise<void> {
  const { runId } = request;
  if (words.has('retry') && attemptOf(runId) === 1) {
    const failure = { class: 'session', detail: 'no such session', hasSideEffects: false } as const;
    return agent.say(runId, { type: 'failed', ...failure });
  }
  if (words.has('tool') || words.has('dietool')) {
    agent.say(runId, { type: 'progress', kind: 'tool', detail: 'shell' });
  }
  await pause(deps.random.integer(0, words.has('slow') ? SLOW_MS : FAST_MS), signal);
  await askHost(deps, words, { request, agent, signal });
  if (words.has('die') || words.has('dietool')) return agent.kill();
  if (words.has('refuse')) {
    const failure = { class: 'refused', detail: 'not this', hasSideEffects: false } as const;
    return agent.say(runId, { type: 'failed', ...failure });
  }
  const text = writeAnswer(runId, tokens, words.has('long'));
  agent.say(runId, { type: 'result', text, isCut: false });
}

function writeAnswer(runId: string, tokens: readonly string[], isLong: boolean): string {
  const answer = `Answer to ${tokens.join(', ')} by ${runId}.`;
  if (!isLong) return answer;
  const line = `More of ${runId}.\n`;
  return `${answer}\n${line.repeat(LONG_CHARS / line.length)}`;
}

/** `run-…-2`: the second attempt. */
function attemptOf(runId: string): number {
  return Number(runId.split('-').at(-1));
}

function earlierAttempts(runId: string): string[] {
  const run = runId.replace(/-\d+$/, '');
  return Array.from({ length: attemptOf(runId) - 1 }, (_, index) => `${run}-${index + 1}`);
}

/** An earlier attempt goes on or has a result somewhere: it should have been taken over. */
function noteRepetition({ ledger, alive }: FakeAgentDeps, { runId }: RunRequest): void {
  const isRepeated = earlierAttempts(runId).some((id) => alive().some((agent) => agent.has(id)));
  if (isRepeated) ledger.repeatedRuns.push({ runId, life: ledger.life });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await waitUnlessAborted(ms, signal);
  signal.throwIfAborted();
}
