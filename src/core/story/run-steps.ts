import { formatDuration } from '../duration.ts';
import { denialSteps } from './denial-steps.ts';
import type { AttemptFacts, RunFacts, StoryAround, StoryFacts } from './facts.ts';
import type { StoryStep } from './story.ts';

/** Docker's own length of a short id. */
const SHORT_ID_CHARS = 12;

/** From the claim to the end of the last attempt. Nothing for a message that only was context of its run. */
export function runSteps(facts: StoryFacts, around: StoryAround): StoryStep[] {
  const { message, run, attempts } = facts;
  if (run === undefined) return [];
  const isContext = message !== undefined && !message.isTrigger;
  if (isContext) return [{ ...runStep(run), detail: `shown to the agent of ${run.id} as context` }];
  if (attempts.length === 0) return [runStep(run), ...endWithoutAttempt(run)];
  const tried = attempts.flatMap((attempt) => attemptSteps(attempt, run, around));
  return [runStep(run), ...tried, ...denialSteps(facts.denials, run)];
}

/** No model could be asked, or the group is over budget. */
function endWithoutAttempt({ state, finishedAt, reason, detail }: RunFacts): StoryStep[] {
  if (state !== 'failed' || finishedAt === null) return [];
  const failed = [reason, detail].filter((part) => part).join(': ');
  return [
    { name: 'result', at: finishedAt, status: 'failed', detail: `failed before a try: ${failed}` },
  ];
}

function runStep({ id, createdAt, questions, state }: RunFacts): StoryStep {
  const more = questions > 1 ? `, with ${questions - 1} more` : '';
  const status = state === 'cancelled' ? 'failed' : 'done';
  return { name: 'run', at: createdAt, status, detail: `${id}${more}` };
}

function attemptSteps(attempt: AttemptFacts, run: RunFacts, around: StoryAround): StoryStep[] {
  const { containerId, containerAt, firstEventAt, startedAt } = attempt;
  const isOn = isGoingOn(attempt, run, around);
  const detail = `${attempt.attempt}: ${attempt.model} (${attempt.provider})`;
  const steps: StoryStep[] = [{ name: 'attempt', at: startedAt, status: 'done', detail }];
  if (containerAt !== null) {
    const name = containerId?.slice(0, SHORT_ID_CHARS) ?? '';
    steps.push({ name: 'container', at: containerAt, status: 'done', detail: name });
  } else if (isOn) steps.push({ name: 'container', status: 'running', detail: 'being started' });
  if (firstEventAt !== null) steps.push({ name: 'working', at: firstEventAt, status: 'done' });
  const result = resultStep(attempt, isOn, around.now);
  return result === undefined ? steps : [...steps, result];
}

function isGoingOn({ endedAt }: AttemptFacts, run: RunFacts, around: StoryAround): boolean {
  return endedAt === null && run.state === 'running' && around.isHostRunning;
}

function resultStep(attempt: AttemptFacts, isOn: boolean, now: number): StoryStep | undefined {
  const { endedAt, outcome, startedAt } = attempt;
  if (endedAt === null) {
    const soFar = `working for ${formatDuration(now - startedAt)}`;
    return isOn ? { name: 'result', status: 'running', detail: soFar } : undefined;
  }
  const failed = [attempt.class, attempt.detail].filter((part) => part).join(': ');
  const word = { answered: 'answered', failed: `failed: ${failed}`, left: 'left by its host' };
  const parts = [word[outcome ?? 'left'], ...usage(attempt)];
  const status = outcome === 'answered' ? 'done' : 'failed';
  return { name: 'result', at: endedAt, status, detail: parts.join(', ') };
}

function usage({ tools, inputTokens, outputTokens }: AttemptFacts): string[] {
  const used = tools === 0 ? [] : [`${tools} ${tools === 1 ? 'tool' : 'tools'} used`];
  if (inputTokens === null || outputTokens === null) return used;
  return [...used, `${inputTokens} tokens in, ${outputTokens} out`];
}
