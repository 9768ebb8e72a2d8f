import type { Usage } from '@deckhand/protocol';
import type { RunOutcome } from '../ports.ts';
import type { SeenOfModel } from './model-report.ts';
import { maxUsage } from './usage-sum.ts';

type Failed = Extract<RunOutcome, { status: 'failed' }>;

/**
 * Corrects what an agent says of its end by what the host has seen of its model:
 * - what would keep others from the model (`quota`, `model`, `auth`) counts only when the model has said it, with the end
 *   that the model has told
 * - a failure of the agent behind a usage limit that was hit is that limit
 * - tokens are those that the model has counted. An earlier host's share of an adopted attempt is known to the agent
 *   alone, so that the larger count holds there
 */
export function settleOutcome(
  outcome: RunOutcome,
  seen: SeenOfModel,
  isAdopted: boolean,
): RunOutcome {
  switch (outcome.status) {
    case 'answered': {
      const { usage: claimed, ...answered } = outcome;
      const usage = isAdopted && claimed ? maxUsage(seen.usage, claimed) : seen.usage;
      return { ...answered, ...usagePart(usage) };
    }
    case 'failed':
      return { ...settleFailure(outcome, seen), ...usagePart(seen.usage) };
    case 'detached':
      return outcome;
    default:
      return outcome satisfies never;
  }
}

function usagePart(usage: Usage): { usage?: Usage } {
  return usage.inputTokens + usage.outputTokens > 0 ? { usage } : {};
}

function settleFailure({ retryAt: _claimed, ...failed }: Failed, seen: SeenOfModel): Failed {
  switch (failed.class) {
    case 'quota':
    case 'model':
    case 'auth':
      return withSeen(failed, seen, seen.failures.get(failed.class));
    case 'internal':
    case 'overloaded':
      return withSeen(failed, seen, seen.failures.get('quota'), failed);
    case 'context':
    case 'session':
    case 'refused':
    case 'script':
    case 'timeout':
    case 'cancelled':
    case 'setup':
    case 'disk':
    case 'out_of_tokens':
      return failed;
    default:
      return failed.class satisfies never;
  }
}

/** `otherwise`: what it is when the model has not said it; by itself whatever the model has said last. */
function withSeen(
  failed: Failed,
  { isOutOfTokens, lastFailure }: SeenOfModel,
  proof: SeenOfModel['lastFailure'],
  otherwise?: Failed,
): Failed {
  if (proof) {
    const { class: failureClass, retryAt } = proof;
    const end = retryAt === undefined ? {} : { retryAt };
    return { ...failed, class: failureClass, ...end, detail: describe(failed, proof.detail) };
  }
  if (isOutOfTokens) {
    return {
      ...failed,
      class: 'out_of_tokens',
      detail: describe(failed, "the group's tokens of the day are used up"),
    };
  }
  if (otherwise) return otherwise;
  return {
    ...failed,
    class: lastFailure?.class ?? 'internal',
    detail: describe(
      failed,
      lastFailure?.detail ?? `its model has said nothing of "${failed.class}"`,
    ),
  };
}

function describe({ detail }: Failed, seen: string): string {
  return detail === seen ? seen : `${seen} (the agent: ${detail})`;
}
