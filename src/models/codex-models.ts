import { z } from 'zod';
import { effortSchema } from '../core/models/effort.ts';
import type { LiveModel } from '../core/models/live-list.ts';

/**
 * What `codex debug models` (CLI 0.169.0) and `GET <chatgpt>/codex/models` tell of a model, as far as it is
 * used here: the real objects have about forty fields, and later versions will have others.
 */
const codexModelSchema = z.object({
  slug: z.string().min(1),
  /** `hide` is for models of the CLI's own, such as its reviewer. */
  visibility: z.string().optional(),
  supported_in_api: z.boolean().optional(),
  context_window: z.number().int().positive().nullish(),
  default_reasoning_level: z.string().nullish(),
  supported_reasoning_levels: z.array(z.object({ effort: z.string() })).optional(),
  use_responses_lite: z.boolean().optional(),
});

const codexModelsSchema = z.object({ models: z.array(codexModelSchema) });

export interface ListedCodexModel {
  readonly live: LiveModel;
  /** Whether it is for people to choose. */
  readonly isListed: boolean;
  /** Whether keys of the API are served too. */
  readonly isInApi: boolean;
}

export type CodexModels =
  | { readonly ok: true; readonly models: readonly ListedCodexModel[] }
  | { readonly ok: false; readonly reason: string };

/** Reads parsed JSON of that format. Efforts that this version does not know are left out. */
export function readCodexModels(value: unknown): CodexModels {
  const parsed = codexModelsSchema.safeParse(value);
  if (!parsed.success) return { ok: false, reason: 'the answer is not a list of models' };
  return { ok: true, models: parsed.data.models.map(toListed) };
}

function toListed(model: z.infer<typeof codexModelSchema>): ListedCodexModel {
  const { context_window: contextWindow, use_responses_lite: isLite } = model;
  const efforts = model.supported_reasoning_levels?.flatMap(({ effort }) => {
    const known = effortSchema.safeParse(effort);
    return known.success ? [known.data] : [];
  });
  const defaultEffort = effortSchema.safeParse(model.default_reasoning_level);
  return {
    live: {
      model: model.slug,
      ...(contextWindow ? { contextWindow } : {}),
      ...(efforts === undefined ? {} : { efforts }),
      ...(defaultEffort.success ? { defaultEffort: defaultEffort.data } : {}),
      ...(isLite === undefined ? {} : { isLite }),
    },
    isListed: model.visibility === undefined || model.visibility === 'list',
    isInApi: model.supported_in_api !== false,
  };
}
