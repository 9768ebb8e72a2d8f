import { type FailedEvent, runnerEventSchema } from '@deckhand/protocol';
import { expect, test } from 'vitest';

test.each(['setup', 'disk', 'out_of_tokens'])(
  'an agent may not say %s of itself, which only the host can know',
  (failureClass) => {
    const failed = { type: 'failed', runId: 'r1', seq: 1, detail: 'x', hasSideEffects: false };
    const said: FailedEvent = { ...failed, type: 'failed', class: 'internal' };
    expect(runnerEventSchema.safeParse(said).success).toBe(true);
    expect(runnerEventSchema.safeParse({ ...said, class: failureClass }).success).toBe(false);
  },
);
