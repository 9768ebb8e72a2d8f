import { z } from 'zod';
import { CRASH_POINTS, type CrashPoint } from '../../../src/crash-points.ts';
import { MUTATION_NAMES } from '../mutations.ts';

/** What a host process is made with: its only argument, as JSON. */
export const hostSettingsSchema = z.strictObject({
  projectRoot: z.string(),
  /** The host's environment, of which nothing is inherited. */
  env: z.record(z.string(), z.string()),
  /** Socket of the agent yard; without one agents are in containers. */
  yardPath: z.string().optional(),
  logPath: z.string(),
  compileCache: z.string(),
  /** PEM of the loopback server for files. */
  certificate: z.string(),
  mutation: z.enum(MUTATION_NAMES).optional(),
});
export type HostSettings = z.infer<typeof hostSettingsSchema>;

const pointSchema = z.enum(Object.keys(CRASH_POINTS) as [CrashPoint, ...CrashPoint[]]);

/** Loop to host. A host that is loaded waits for `start`, so that its modules cost the loop no time. */
export const orderSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    /** How far its clock is ahead of the machine's. */
    clockOffsetMs: z.number(),
    /** Kills itself there. */
    killAt: z.strictObject({ point: pointSchema, pass: z.number().int() }).optional(),
    /** Tells when it has come to so many crash points. */
    tellAfter: z.number().int().optional(),
  }),
  /** Ends as at SIGTERM. */
  z.strictObject({ type: z.literal('stop') }),
]);
export type Order = z.infer<typeof orderSchema>;

/** Host to loop. */
export const reportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('loaded') }),
  z.strictObject({ type: z.literal('reached') }),
  /** It comes to no crash point any more. */
  z.strictObject({ type: z.literal('quiet') }),
  /** It ended by itself, which it should not. */
  z.strictObject({ type: z.literal('ended'), reason: z.string() }),
]);
export type Report = z.infer<typeof reportSchema>;
