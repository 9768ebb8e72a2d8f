import { NOT_SENT_RESTORED } from '../restored.ts';
import type { SentFacts, StoryFacts } from './facts.ts';
import type { StoryStep } from './story.ts';

/** What came of it in the chat, message by message; a failure's notice too. */
export function deliverySteps({ message, sent }: StoryFacts): StoryStep[] {
  if (message !== undefined && !message.isTrigger) return [];
  return sent.flatMap((entry, index) => {
    const part = sent.length === 1 ? '' : `${index + 1} of ${sent.length}: `;
    return [answerStep(entry, part), ...sendingSteps(entry)];
  });
}

function answerStep({ createdAt, id, kind, isByTool }: SentFacts, part: string): StoryStep {
  const what = `${part}${kind} ${id}${isByTool ? ', sent by a tool' : ''}`;
  return { name: 'answer', at: createdAt, status: 'done', detail: what };
}

function sendingSteps(entry: SentFacts): StoryStep[] {
  const { settledAt: at, reason } = entry;
  if (reason !== NOT_SENT_RESTORED || at === null) return [sentStep(entry), ackedStep(entry)];
  return [{ name: 'sent', at, status: 'no', detail: reason }];
}

/** The time of sending is not kept: the ack follows within moments. */
function sentStep({ state, attempts }: SentFacts): StoryStep {
  const unconfirmed = attempts === 0 ? undefined : `${times(attempts)} without confirmation`;
  if (state !== 'pending') {
    return {
      name: 'sent',
      status: 'done',
      ...(unconfirmed && { detail: `before, ${unconfirmed}` }),
    };
  }
  if (unconfirmed === undefined) return { name: 'sent', status: 'waiting' };
  return { name: 'sent', status: 'running', detail: unconfirmed };
}

function ackedStep({ state, settledAt, reason }: SentFacts): StoryStep {
  const at = settledAt === null ? {} : { at: settledAt };
  switch (state) {
    case 'acked':
      return { name: 'acked', ...at, status: 'done' };
    case 'rejected':
      return {
        name: 'acked',
        ...at,
        status: 'failed',
        detail: `refused: ${reason ?? 'no reason'}`,
      };
    case 'pending':
      return { name: 'acked', status: 'waiting' };
    default:
      return state satisfies never;
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
