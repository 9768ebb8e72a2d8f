import { z } from 'zod';
import type { InboundMessage } from '../../src/core/message.ts';
import type { Distribution } from '../distribution.ts';

/** From the generator to the host. */
export type ToHost =
  | { readonly type: 'deliver'; readonly message: InboundMessage }
  /** No more comes: finish what is there, tell the figures and end. */
  | { readonly type: 'finish' };

/** Only what the host's process reads: both ends are this program. */
export const toHostSchema: z.ZodType<ToHost> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('deliver'), message: z.custom<InboundMessage>() }),
  z.object({ type: z.literal('finish') }),
]);

export interface HostFigures {
  /** From the call of the channel to the end of the transaction that stores the message, in milliseconds. */
  readonly ingestCommit: Distribution & { readonly max: number };
  /** From the rename of an agent's request to its reply, in milliseconds. */
  readonly ipc: Distribution & { readonly requests: number };
  /** Agents at work at once. */
  readonly mostAgents: number;
}

/** From the host to the generator. */
export type FromHost =
  | { readonly type: 'open' }
  /** An agent was asked, after so much processor time of the host, in milliseconds. */
  | { readonly type: 'asked'; readonly cpuMs: number }
  /** What the server has got: a text, or a reaction to a question. */
  | { readonly type: 'shown'; readonly id: string; readonly text: string; readonly target?: string }
  | { readonly type: 'load'; readonly waiting: number; readonly running: number }
  | { readonly type: 'finished'; readonly figures: HostFigures };

const distribution = { p50: z.number(), p99: z.number() };

export const fromHostSchema: z.ZodType<FromHost> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('open') }),
  z.object({ type: z.literal('asked'), cpuMs: z.number() }),
  z.object({
    type: z.literal('shown'),
    id: z.string(),
    text: z.string(),
    target: z.string().optional(),
  }),
  z.object({ type: z.literal('load'), waiting: z.number(), running: z.number() }),
  z.object({
    type: z.literal('finished'),
    figures: z.object({
      ingestCommit: z.object({ ...distribution, max: z.number() }),
      ipc: z.object({ ...distribution, requests: z.number() }),
      mostAgents: z.number(),
    }),
  }),
]) as z.ZodType<FromHost>;
