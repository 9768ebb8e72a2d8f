import type { Provider } from '@deckhand/protocol';
import type { RegisteredGroup } from '../group.ts';
import { type BuiltInModels, type DefaultModels, defaultFor } from './built-in.ts';
import {
  formatModelRef,
  type ModelProvider,
  type ModelRef,
  normalizeModel,
  parseModelName,
} from './model-ref.ts';
import { type ModelSetting, modelsOf } from './model-setting.ts';
import { pinProvider } from './pin.ts';
import type { ModelRoute } from './route.ts';

export interface RouteInput {
  readonly group: Pick<
    RegisteredGroup,
    'provider' | 'model' | 'fallbackToClaude' | 'providerConfig'
  >;
  readonly defaults: DefaultModels;
  readonly builtIn: BuiltInModels;
}

/** The models that a group may ask, best first. */
export interface RoutePlan {
  /** Each model once. Empty when no name of the setting can be used. */
  readonly routes: readonly ModelRoute[];
  /** A sentence for every name that does not fit and was left out. */
  readonly problems: readonly string[];
}

export interface ExplainedPlan extends RoutePlan {
  /** What the group's pinned credential changed, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The group's own setting, else the stored default, else the built-in one. Names are normalized here, before
 * anybody looks for a credential. A bare name means Claude in a claude group, and in others the ChatGPT
 * sign-in first, then the key.
 */
export function planRoutes(input: RouteInput): ExplainedPlan {
  const { provider } = input.group;
  if (provider === 'claude') return { ...planClaude(input), notes: [] };
  return planOpenai(input, provider);
}

function settingFor({ group, defaults, builtIn }: RouteInput): ModelSetting {
  return group.model ?? defaults[defaultFor(group.provider)] ?? builtIn[group.provider];
}

function planClaude(input: RouteInput): RoutePlan {
  const { refs, problems } = readSetting(settingFor(input), ['anthropic']);
  const fitting = refs.filter((ref) => ref.provider === 'anthropic');
  const others = refs.filter((ref) => ref.provider !== 'anthropic');
  const misfits = others.map(
    (ref) =>
      `${formatModelRef(ref)} is not a model of Claude, which answers in this group: name an anthropic/ model, ` +
      'or set the provider of the group to codex or responses.',
  );
  return toPlan(fitting, 'claude', [...problems, ...misfits]);
}

function planOpenai(input: RouteInput, agent: 'codex' | 'responses'): ExplainedPlan {
  const { group } = input;
  const { refs, problems } = readSetting(settingFor(input), ['openai-codex', 'openai']);
  const pinned = pinProvider(refs, group.providerConfig?.[agent]?.authMethod);
  const { notes } = pinned;
  const claude = pinned.refs.filter((ref) => ref.provider === 'anthropic');
  if (group.fallbackToClaude !== true) {
    const own = pinned.refs.filter((ref) => ref.provider !== 'anthropic');
    return { ...toPlan(own, agent, [...problems, ...claude.map(claudeNotAllowed)]), notes };
  }
  const plan = toPlan(pinned.refs, agent, problems);
  if (claude.length > 0) return { ...plan, notes };
  const behind = planClaude({ ...input, group: { provider: 'claude' } });
  return {
    routes: [...plan.routes, ...behind.routes],
    problems: [...plan.problems, ...behind.problems],
    notes,
  };
}

function claudeNotAllowed(ref: ModelRef): string {
  return `${formatModelRef(ref)} is left out: Claude answers only in claude groups and in those with "fallbackToClaude".`;
}

interface ReadSetting {
  readonly refs: readonly ModelRef[];
  readonly problems: readonly string[];
}

/** `bareMeans`: the providers that are tried for a name without one. */
function readSetting(setting: ModelSetting, bareMeans: readonly ModelProvider[]): ReadSetting {
  const refs = new Map<string, ModelRef>();
  const problems: string[] = [];
  for (const name of modelsOf(setting)) {
    const read = readName(name, bareMeans);
    if (!read.ok) problems.push(read.reason);
    else for (const ref of read.refs.map(normalizeModel)) refs.set(formatModelRef(ref), ref);
  }
  return { refs: [...refs.values()], problems };
}

type ReadName = { ok: true; refs: readonly ModelRef[] } | { ok: false; reason: string };

function readName(name: string, bareMeans: readonly ModelProvider[]): ReadName {
  if (!name.includes('/')) {
    return { ok: true, refs: bareMeans.map((provider) => ({ provider, model: name })) };
  }
  const parsed = parseModelName(name);
  return parsed.ok ? { ok: true, refs: [parsed.ref] } : parsed;
}

function toPlan(
  refs: readonly ModelRef[],
  agent: Provider,
  problems: readonly string[],
): RoutePlan {
  const routes = refs.map((ref) => ({
    ref,
    name: formatModelRef(ref),
    agent: ref.provider === 'anthropic' ? ('claude' as const) : agent,
  }));
  return { routes, problems };
}
