import { z } from 'zod';
import type { ModelRef } from '../core/models/model-ref.ts';
import { findAnthropicReach } from './anthropic-reach.ts';
import { findOpenaiReach } from './openai-reach.ts';

export interface BodyRules {
  readonly ref: ModelRef;
  /** The agent may reach every public address itself, so that its model's server may do so for it. */
  readonly mayReachOut: boolean;
}

export type CheckedBody =
  | { readonly ok: true }
  /** `message` is one sentence for whoever reads the program's error. */
  | { readonly ok: false; readonly message: string };

/** Deeper than any conversation; what is deeper would exhaust the stack where it is written again. */
const MAX_DEPTH = 100;

const askSchema = z.looseObject({ model: z.string() });

/** What a request says to its model, checked before the host puts its name to it. */
export function checkBody(body: unknown, { ref, mayReachOut }: BodyRules): CheckedBody {
  const ask = isDeeperThan(body, MAX_DEPTH) ? undefined : askSchema.safeParse(body).data;
  if (ask === undefined) return refuse('The request is not one that a model can be asked.');
  if (!mayAsk(ref, ask.model)) return refuse(`This agent may ask ${ref.model} and no other model.`);
  if (ask['background'] === true) return refuse('A request must not go on in the background.');
  if (mayReachOut) return { ok: true };
  const reach = ref.provider === 'anthropic' ? findAnthropicReach(ask) : findOpenaiReach(ask);
  if (reach === undefined) return { ok: true };
  return refuse(`This group's agent may not let the model's server reach out for it: ${reach}.`);
}

function refuse(message: string): CheckedBody {
  return { ok: false, message };
}

/** The Claude CLI asks a haiku beside its model, for titles and searches. */
const HAIKU = /^claude-haiku-[\w.-]{1,60}$/;
/** Names the longest context of a model; the CLI keeps it from the server and says it in a header. */
const CONTEXT_MARK = /\[1m\]$/i;
/** A family that the CLI translates into its newest model. */
const FAMILY = /^(sonnet|opus|haiku)$/i;

function mayAsk({ provider, model }: ModelRef, asked: string): boolean {
  if (provider !== 'anthropic') return asked === model;
  const name = model.replace(CONTEXT_MARK, '');
  if (HAIKU.test(asked) || asked.replace(CONTEXT_MARK, '') === name) return true;
  return FAMILY.test(name) && asked.startsWith(`claude-${name.toLowerCase()}-`);
}

function isDeeperThan(value: unknown, depth: number): boolean {
  const open: [unknown, number][] = [[value, 0]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [part, level] = next;
    if (typeof part !== 'object' || part === null) continue;
    if (level === depth) return true;
    for (const inner of Object.values(part)) {
      if (typeof inner === 'object') open.push([inner, level + 1]);
    }
  }
  return false;
}
