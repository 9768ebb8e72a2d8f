import { z } from 'zod';
import { hostSampleSchema } from './host-sample.ts';

/** Planted by the self-test of the soak, one more with every sample. */
export const leakKindSchema = z.enum(['files', 'timers', 'heap']);
export type LeakKind = z.infer<typeof leakKindSchema>;

/** From whoever started the host to the probe in it. */
export const probeRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('sample'), isCollecting: z.boolean() }),
  z.strictObject({ type: z.literal('leak'), kind: leakKindSchema }),
]);
export type ProbeRequest = z.infer<typeof probeRequestSchema>;

export const probeReplySchema = z.strictObject({
  type: z.literal('sample'),
  sample: hostSampleSchema,
});
export type ProbeReply = z.infer<typeof probeReplySchema>;
