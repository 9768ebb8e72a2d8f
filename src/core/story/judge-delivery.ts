import { formatDuration } from '../duration.ts';
import { NOT_SENT_RESTORED } from '../restored.ts';
import type { RunFacts, SentFacts, StoryAround, StoryFacts } from './facts.ts';
import type { Verdict } from './story.ts';

/** Of a run that has its answer. */
export function judgeDelivery(facts: StoryFacts, run: RunFacts, around: StoryAround): Verdict {
  const { sent } = facts;
  const refused = sent.find((entry) => entry.state === 'rejected');
  if (refused !== undefined) return { status: 'failed', sentence: whyNotSent(refused, sent) };
  const pending = sent.find((entry) => entry.state === 'pending');
  if (pending !== undefined) return judgePending(pending, facts, around);
  return judgeAcked(facts, run);
}

function whyNotSent({ reason }: SentFacts, sent: readonly SentFacts[]): string {
  if (reason === NOT_SENT_RESTORED) {
    return (
      `The answer waited in the backup that was restored, and ${oneOf(sent)} was not sent, since that ` +
      'may have been done before; ask again if it still matters.'
    );
  }
  return (
    `The answer is there, but WhatsApp refused ${oneOf(sent)}: ${reason ?? 'no reason given'}. ` +
    '`deckhand doctor` checks the link.'
  );
}

function oneOf(sent: readonly SentFacts[]): string {
  return sent.length === 1 ? 'it' : 'a part of it';
}

function judgePending(
  { attempts }: SentFacts,
  { stoppedLink }: StoryFacts,
  around: StoryAround,
): Verdict {
  if (stoppedLink !== undefined) {
    const { reason, mend } = stoppedLink;
    return {
      status: 'waiting',
      sentence: `The answer is there, but the link to WhatsApp has ended: ${reason}. ${mend}`,
    };
  }
  if (!around.isHostRunning) {
    return {
      status: 'waiting',
      sentence: 'The answer is there, but the host is not running; `deckhand start` sends it.',
    };
  }
  if (attempts === 0) {
    return {
      status: 'waiting',
      sentence:
        'The answer is there and waits to be sent; if it stays so, `deckhand doctor` checks the link.',
    };
  }
  return {
    status: 'waiting',
    sentence:
      'WhatsApp has not confirmed the answer yet; the host sends it again under the same id, ' +
      'and `deckhand doctor` checks the link.',
  };
}

function judgeAcked({ sent, message, slot }: StoryFacts, run: RunFacts): Verdict {
  const last = Math.max(...sent.map((entry) => entry.settledAt ?? 0));
  if (sent.length === 0) return { status: 'answered', sentence: quietEnd(slot?.state) };
  const what = sent.length === 1 ? 'the answer' : `all ${sent.length} parts of the answer`;
  const since = message?.receivedAt ?? run.createdAt;
  const took = formatDuration(last - since);
  return {
    status: 'answered',
    sentence: `It was answered: WhatsApp's server has ${what}, ${took} after ${message ? 'it came in' : 'the run began'}.`,
  };
}

function quietEnd(slotState: string | undefined): string {
  if (slotState === 'not_woken') return 'The check before the task found nothing to do.';
  if (slotState === 'silent') return 'The task was done, and its agent had nothing to say.';
  return 'The run ended well without a message to this chat.';
}
