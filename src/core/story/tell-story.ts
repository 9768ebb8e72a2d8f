import { deliverySteps } from './delivery-steps.ts';
import type { StoryAround, StoryFacts } from './facts.ts';
import { judge } from './judge.ts';
import { messageSteps } from './message-steps.ts';
import { runSteps } from './run-steps.ts';
import type { Story } from './story.ts';

/** Tells what a message or a run went through, in order, and where that leaves it. Pure. */
export function tellStory(facts: StoryFacts, around: StoryAround): Story {
  const { chatJid, message, run } = facts;
  return {
    chatJid,
    ...(message !== undefined && { messageId: message.id }),
    ...(run !== undefined && { runId: run.id }),
    steps: [...messageSteps(facts), ...runSteps(facts, around), ...deliverySteps(facts)],
    verdict: judge(facts, around),
  };
}
