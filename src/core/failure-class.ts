import { failureClassSchema } from '@deckhand/protocol';
import { z } from 'zod';

/**
 * Why an attempt failed: what its agent says of it, or what the host alone can say:
 * - `setup`: no agent may be started for the group as it is registered; its owner has to change that
 * - `disk`: stopped because its group takes more of the disk than it may
 * - `out_of_tokens`: the group's tokens of the day were used up meanwhile, so that its model was asked no more
 */
export const attemptFailureSchema = z.enum([
  ...failureClassSchema.options,
  'setup',
  'disk',
  'out_of_tokens',
]);
export type AttemptFailure = z.infer<typeof attemptFailureSchema>;
