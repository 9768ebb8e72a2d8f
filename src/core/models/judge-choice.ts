import type { Catalog } from './catalog.ts';
import { type Doubt, findDoubt } from './doubts.ts';
import type { EffectiveModels } from './effective-defaults.ts';
import { formatModelRef, normalizeModel, parseModelName } from './model-ref.ts';
import type { ModelSetting } from './model-setting.ts';
import { modelsAskedBy } from './own-models.ts';
import { planRoutes, type RouteInput } from './routes.ts';

export interface ChoiceFacts {
  readonly catalog: Catalog;
  /** What holds for groups without a model of their own. */
  readonly effective: EffectiveModels;
}

/** Sentences for people throughout. `setting` has normalized names. */
export type JudgedChoice =
  | { ok: false; problems: readonly string[] }
  | {
      ok: true;
      setting: ModelSetting;
      notes: readonly string[];
      doubts: readonly Doubt[];
    };

/**
 * Whether a group may ask these models, the first one first, and what speaks against it. `now` in unix
 * milliseconds.
 */
export function judgeChoice(
  names: readonly string[],
  group: RouteInput['group'],
  { catalog, effective }: ChoiceFacts,
  now: number,
): JudgedChoice {
  const read = names.map(readName);
  const unread = read.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (unread.length > 0) return { ok: false, problems: unread };
  const [primary = '', ...fallbacks] = read.map(({ full }) => full);
  const setting = fallbacks.length === 0 ? primary : { primary, fallbacks };
  const { problems, notes } = planRoutes({ group: { ...group, model: setting }, ...effective });
  if (problems.length > 0) return { ok: false, problems };
  const doubts = modelsAskedBy({ ...group, model: setting }).flatMap((name) => {
    const parsed = parseModelName(name);
    const doubt = parsed.ok ? findDoubt(catalog.find(parsed.ref), now) : undefined;
    return doubt === undefined ? [] : [doubt];
  });
  const renamed = read.flatMap(({ note }) => (note === undefined ? [] : [note]));
  return { ok: true, setting, notes: [...renamed, ...notes], doubts };
}

interface ReadName {
  readonly full: string;
  readonly note?: string;
  readonly problem?: string;
}

function readName(name: string): ReadName {
  const parsed = parseModelName(name);
  if (!parsed.ok) return { full: '', problem: parsed.reason };
  const ref = normalizeModel(parsed.ref);
  const full = formatModelRef(ref);
  if (ref.provider === parsed.ref.provider) return { full };
  return { full, note: `${name} is served by ChatGPT sign-ins, so ${full} it is.` };
}
