import type { StoryAround, StoryFacts } from './facts.ts';
import { judgeRun } from './judge-run.ts';
import { judgeUnasked } from './judge-unasked.ts';
import { judgeWaiting } from './judge-waiting.ts';
import type { Verdict } from './story.ts';

/** Where a message or a run stands or how it ended, in one sentence that says what to do when something is wrong. */
export function judge(facts: StoryFacts, around: StoryAround): Verdict {
  const { message, run } = facts;
  if (message !== undefined && !message.isTrigger) return judgeUnasked(facts, message, around);
  if (run !== undefined) return judgeRun(facts, run, around);
  if (message?.state === 'pending') return judgeWaiting(facts, around);
  return {
    status: 'failed',
    sentence: 'It was not answered, and no run of it is known.',
  };
}
