import type { AttemptFacts } from '../../core/story/facts.ts';
import type { RunSummary } from '../../db/run-history.ts';
import type { Span } from '../html/timeline-plot.ts';

export interface RunTimes {
  readonly run: RunSummary;
  readonly attempts: readonly AttemptFacts[];
  /** When the oldest question came in. */
  readonly askedAt: number | undefined;
  /** When WhatsApp had the whole answer. */
  readonly deliveredAt: number | undefined;
  readonly now: number;
}

/** Where the time of a run went. What has not ended reaches to now. */
export function runSpans({ run, attempts, askedAt, deliveredAt, now }: RunTimes): Span[] {
  const spans: Span[] = [];
  if (askedAt !== undefined && askedAt <= run.createdAt) {
    spans.push({ name: 'Waited', from: askedAt, to: run.createdAt, tone: 'wait' });
  }
  for (const attempt of attempts) spans.push(...attemptSpans(attempt, run.finishedAt ?? now));
  if (attempts.length === 0) {
    spans.push({ name: 'Run', from: run.createdAt, to: run.finishedAt ?? now, tone: 'work' });
  }
  if (run.finishedAt !== null && deliveredAt !== undefined && deliveredAt >= run.finishedAt) {
    spans.push({ name: 'Sent', from: run.finishedAt, to: deliveredAt, tone: 'send' });
  }
  return spans;
}

function attemptSpans(attempt: AttemptFacts, runEnd: number): Span[] {
  const { startedAt, firstEventAt, endedAt, outcome, model } = attempt;
  const end = endedAt ?? runEnd;
  const name = `Attempt ${attempt.attempt}, ${model}`;
  const tone = outcome === 'failed' ? ('failed' as const) : ('work' as const);
  if (firstEventAt === null || firstEventAt < startedAt || firstEventAt > end) {
    return [{ name, from: startedAt, to: Math.max(startedAt, end), tone }];
  }
  return [
    { name: `${name}: start`, from: startedAt, to: firstEventAt, tone: 'start' },
    { name: `${name}: work`, from: firstEventAt, to: end, tone },
  ];
}
