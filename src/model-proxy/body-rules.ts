import { z } from 'zod';
import type { ModelRef } from '../core/models/model-ref.ts';
import { findAnthropicReach } from './anthropic-reach.ts';
import { type AskedModel, judgeModel } from './asked-model.ts';
import { findOpenaiReach } from './openai-reach.ts';

export interface BodyRules {
  readonly ref: ModelRef;
  /** The agent may reach every public address itself, so that its model's server may do so for it. */
  readonly mayReachOut: boolean;
}

export type CheckedBody =
  | { readonly ok: true; readonly asked: AskedModel }
  /** `message` is one sentence for whoever reads the program's error. */
  | { readonly ok: false; readonly message: string };

/** Deeper than any conversation; what is deeper would exhaust the stack where it is written again. */
const MAX_DEPTH = 100;

const askSchema = z.looseObject({ model: z.string() });

/** What a request says to its model, checked before the host puts its name to it. */
export function checkBody(body: unknown, { ref, mayReachOut }: BodyRules): CheckedBody {
  const ask = isDeeperThan(body, MAX_DEPTH) ? undefined : askSchema.safeParse(body).data;
  if (ask === undefined) return refuse('The request is not one that a model can be asked.');
  const asked = judgeModel(ref, ask.model);
  if (asked === undefined) return refuse(`This agent may ask ${ref.model} and no other model.`);
  if (ask['background'] === true) return refuse('A request must not go on in the background.');
  if (mayReachOut) return { ok: true, asked };
  const reach = ref.provider === 'anthropic' ? findAnthropicReach(ask) : findOpenaiReach(ask);
  if (reach === undefined) return { ok: true, asked };
  return refuse(`This group's agent may not let the model's server reach out for it: ${reach}.`);
}

function refuse(message: string): CheckedBody {
  return { ok: false, message };
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
