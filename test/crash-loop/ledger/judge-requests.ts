import type { IpcReply } from '@deckhand/protocol';
import type { Request } from './ledger.ts';
import { readMeaning } from './meaning.ts';
import { findTokens } from './tokens.ts';
import type { Visible } from './visible.ts';

/** What the host's database says of a task. */
export interface TaskFact {
  readonly id: string;
  readonly prompt: string;
  readonly status: string;
}

export interface RequestFacts {
  readonly visible: readonly Visible[];
  readonly tasks: readonly TaskFact[];
  /** Of a request by its name; undefined when there is none. */
  readonly replyTo: (request: Request) => IpcReply | undefined;
}

export interface JudgedRequest {
  readonly request: Request;
  /** `refused`: its time had passed when the host came to it, which the agent was told. */
  readonly verdict: 'done' | 'refused' | 'lost' | 'twice';
  readonly reason: string;
}

/**
 * The unit is the file: one that lay whole in the mailbox has its effect once, and its reply says so. What a second
 * attempt of a run asks for is a request of its own, as with real agents.
 */
export function judgeRequests(requests: readonly Request[], facts: RequestFacts): JudgedRequest[] {
  const shown = Map.groupBy(facts.visible, (message) => {
    const meaning = readMeaning(message);
    return meaning.kind === 'request' ? `${message.chat} ${meaning.token}` : '';
  });
  return requests.map((request) => {
    const effects = countEffects(request, facts, shown.get(keyOf(request))?.length ?? 0);
    const reply = facts.replyTo(request);
    if (effects > 1) return { request, verdict: 'twice', reason: `${effects} effects` };
    if (effects === 0 && isTooLate(request, reply))
      return { request, verdict: 'refused', reason: '' };
    if (reply?.ok === false) return { request, verdict: 'lost', reason: `refused: ${reply.error}` };
    if (effects === 0) return { request, verdict: 'lost', reason: 'no effect' };
    if (reply === undefined) return { request, verdict: 'lost', reason: 'no reply' };
    return { request, verdict: 'done', reason: '' };
  });
}

function keyOf({ chat, token }: Request): string {
  return `${chat} ${token}`;
}

/** A task that runs once can only be made before its time. */
function isTooLate({ kind, isRecurring }: Request, reply: IpcReply | undefined): boolean {
  return kind === 'S' && !isRecurring && reply?.ok === false && reply.code === 'bad_schedule';
}

function countEffects(request: Request, { tasks }: RequestFacts, shown: number): number {
  const { kind, token, task } = request;
  switch (kind) {
    case 'M':
    case 'F':
      return shown;
    case 'S':
      return tasks.filter(({ prompt }) => findTokens(prompt, 'S').includes(token)).length;
    // Setting a text or an end twice is setting it once.
    case 'U':
      return tasks.some(({ prompt }) => findTokens(prompt, 'U').includes(token)) ? 1 : 0;
    case 'X':
      return tasks.some(({ prompt, status }) => isEnded(prompt, status, task)) ? 1 : 0;
    default:
      return kind satisfies never;
  }
}

function isEnded(prompt: string, status: string, task: string | undefined): boolean {
  return status === 'cancelled' && task !== undefined && findTokens(prompt, 'S').includes(task);
}
