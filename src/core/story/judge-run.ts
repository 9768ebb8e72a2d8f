import { formatDuration } from '../duration.ts';
import { NOT_SENT_RESTORED, RESTORED } from '../restored.ts';
import { explainFailure } from './explain-failure.ts';
import type { RunFacts, StoryAround, StoryFacts } from './facts.ts';
import { judgeDelivery } from './judge-delivery.ts';
import type { Verdict } from './story.ts';

/** Of what a run has taken up. */
export function judgeRun(facts: StoryFacts, run: RunFacts, around: StoryAround): Verdict {
  switch (run.state) {
    case 'running':
      return judgeRunning(facts, run, around);
    case 'cancelled':
      return { status: 'failed', sentence: cancelledBecause(run) };
    case 'failed':
      return {
        status: 'failed',
        sentence: `${explainFailure(run)} ${noticeOf(facts, run, around)}`,
      };
    case 'answered':
      return judgeDelivery(facts, run, around);
    default:
      return run.state satisfies never;
  }
}

function cancelledBecause({ reason }: RunFacts): string {
  return reason === RESTORED
    ? 'It was under way in the backup that was restored, and may have been answered since; ask again if it still matters.'
    : 'It was given up because its chat was registered no more; `deckhand groups add` registers it.';
}

function judgeRunning({ attempts }: StoryFacts, run: RunFacts, around: StoryAround): Verdict {
  if (!around.isHostRunning) {
    return {
      status: 'waiting',
      sentence:
        'Its run was going on when the host stopped; `deckhand start` takes it up where it is.',
    };
  }
  const current = attempts.at(-1);
  const model = current?.model ?? run.model;
  const since = formatDuration(around.now - run.createdAt);
  if (model === null) return running(`It was taken up ${since} ago; a model is being chosen.`);
  if (current !== undefined && current.endedAt !== null) {
    return running(
      `Its last attempt has ended; what follows is being decided, ${since} after it was taken up.`,
    );
  }
  if (current !== undefined && current.containerAt === null) {
    return running(`Its container is being started for ${model}, ${since} after it was taken up.`);
  }
  return running(
    `${model} has been working on it for ${formatDuration(around.now - (current?.startedAt ?? run.createdAt))}.`,
  );
}

function running(sentence: string): Verdict {
  return { status: 'running', sentence };
}

/** Whether the chat knows that it failed. */
function noticeOf({ sent, slot }: StoryFacts, run: RunFacts, around: StoryAround): string {
  const notice = sent.findLast((entry) => !entry.isByTool);
  if (notice === undefined) {
    if (run.reason === 'budget' || run.reason === 'out_of_tokens')
      return 'The chat is told so once a day.';
    return slot?.state === 'waiting' ? 'It will be tried again.' : 'The chat was not told.';
  }
  switch (notice.state) {
    case 'acked':
      return 'The chat was told.';
    case 'rejected':
      return notice.reason === NOT_SENT_RESTORED
        ? 'The chat was not told, since a backup was restored meanwhile.'
        : 'WhatsApp refused the notice to the chat.';
    case 'pending':
      return around.isHostRunning
        ? 'The notice to the chat has not been confirmed yet.'
        : 'The chat is told when the host runs again: `deckhand start`.';
    default:
      return notice.state satisfies never;
  }
}
