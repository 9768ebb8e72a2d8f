import type { MessageDecision } from '../decision.ts';
import { formatDuration } from '../duration.ts';
import type { MessageFacts, StoryFacts } from './facts.ts';
import type { StoryStep } from './story.ts';

/** From the author's phone to the queue; of a task's run, since when it was due. */
export function messageSteps(facts: StoryFacts): StoryStep[] {
  const { message, slot } = facts;
  if (message !== undefined) {
    const asked = askedStep(message);
    const may = senderStep(message);
    const isAsking = message.isTrigger && asked.status === 'done' && may?.status !== 'no';
    return [
      ...arrival(message),
      asked,
      ...(may === undefined ? [] : [may]),
      ...(isAsking ? [queuedStep(message.receivedAt, facts)] : []),
    ];
  }
  if (slot === undefined) return [];
  return [queuedStep(slot.scheduledFor, facts, `task ${slot.taskId} was due; `)];
}

function arrival({ senderName, senderJid, sentAt, receivedAt }: MessageFacts): StoryStep[] {
  const who = senderName === '' ? senderJid : `${senderName} (${senderJid})`;
  return [
    { name: 'received', at: sentAt, status: 'done', detail: `sent by ${who}` },
    { name: 'stored', at: receivedAt, status: 'done' },
  ];
}

/** Decided in the transaction that stores the message. */
function askedStep({ decision, isTrigger, receivedAt: at }: MessageFacts): StoryStep {
  const isNo = decision === null ? !isTrigger : WHY_ASKED[decision].isNo;
  const detail = decision === null ? 'why was not noted' : WHY_ASKED[decision].text;
  return { name: 'trigger', at, status: isNo ? 'no' : 'done', detail };
}

const WHY_ASKED: Readonly<Record<MessageDecision, { text: string; isNo?: true }>> = {
  name: { text: 'it calls the assistant by name' },
  mention: { text: 'it mentions the account' },
  reply: { text: 'it replies to the assistant' },
  always: { text: 'this chat needs no trigger' },
  not_addressed: { text: 'it is not addressed to the assistant', isNo: true },
  empty: { text: 'it has no text', isNo: true },
  not_allowed: { text: 'it asks' },
  rate_limited: { text: 'it asks, but too much was asked', isNo: true },
  dropped: { text: 'not looked at', isNo: true },
  stale: { text: 'it asks, but it came in too late', isNo: true },
  command: { text: 'it is a command to the host itself' },
};

/** Undefined where the question does not arise. */
function senderStep({ decision, receivedAt: at }: MessageFacts): StoryStep | undefined {
  switch (decision) {
    case 'name':
    case 'mention':
    case 'reply':
    case 'always':
    case 'command':
    case 'rate_limited':
      return { name: 'sender', at, status: 'done', detail: 'may ask here' };
    case 'not_allowed':
    case 'dropped':
      return { name: 'sender', at, status: 'no', detail: 'may not ask here' };
    case 'not_addressed':
    case 'empty':
    case 'stale':
    case null:
      return undefined;
    default:
      return decision satisfies never;
  }
}

function queuedStep(at: number, { run, message }: StoryFacts, before = ''): StoryStep {
  const isOver = run === undefined && message?.state !== 'pending';
  if (isOver) return { name: 'queued', at, status: 'no', detail: `${before}not taken up` };
  if (run === undefined) return { name: 'queued', at, status: 'waiting' };
  const detail = `${before}waited ${formatDuration(run.createdAt - at)}`;
  return { name: 'queued', at, status: 'done', detail };
}
