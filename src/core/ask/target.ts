import type { Provider } from '@deckhand/protocol';
import { approvalPolicyOf, type RegisteredGroup } from '../group.ts';
import {
  formatModelRef,
  type ModelProvider,
  type ModelRef,
  normalizeModel,
  parseModelName,
} from '../models/model-ref.ts';
import type { ExplainedPlan } from '../models/routes.ts';

/** What a person has chosen for one question. */
export interface AskChoice {
  /** `provider/model`. */
  readonly model?: string | undefined;
  readonly provider?: Provider | undefined;
}

export interface AskTarget {
  /** The group with the choice made in it. Its mounts and limits are those of the registration. */
  readonly group: RegisteredGroup;
  /** The agent that was chosen; undefined leaves it to the group. */
  readonly agent: Provider | undefined;
  /** A sentence when the model is asked by another name than the one given. */
  readonly note?: string;
}

export type ChosenTarget =
  | { readonly ok: true; readonly target: AskTarget }
  | { readonly ok: false; readonly reason: string };

/**
 * Makes the choice in a group: a model alone picks the agent that can ask it, and is the only one to be asked.
 * However the agent changes, it may do no more than the group's own.
 */
export function chooseTarget(group: RegisteredGroup, choice: AskChoice): ChosenTarget {
  const { provider } = choice;
  if (choice.model === undefined) {
    const target = { group: withAgent(group, provider ?? group.provider), agent: provider };
    return { ok: true, target };
  }
  const parsed = parseModelName(choice.model);
  if (!parsed.ok) return parsed;
  const ref = normalizeModel(parsed.ref);
  const model = formatModelRef(ref);
  const agent = provider ?? agentFor(ref, group.provider);
  if ((ref.provider === 'anthropic') !== (agent === 'claude')) return misfit(model, agent);
  const note =
    model === formatModelRef(parsed.ref) ? {} : { note: describeMove(choice.model, ref) };
  return { ok: true, target: { group: { ...withAgent(group, agent), model }, agent, ...note } };
}

/** The routes of the agent that was chosen. */
export function routesOfAgent(plan: ExplainedPlan, { agent }: AskTarget): ExplainedPlan {
  if (agent === undefined) return plan;
  const routes = plan.routes.filter((route) => route.agent === agent);
  // A pinned credential is none of Claude's.
  return { ...plan, routes, notes: agent === 'claude' ? [] : plan.notes };
}

/** Who asks a model when nobody says: the group's own agent if it can. */
function agentFor({ provider }: Pick<ModelRef, 'provider'>, own: Provider): Provider {
  if (provider === 'anthropic') return 'claude';
  return own === 'claude' ? 'codex' : own;
}

function withAgent(group: RegisteredGroup, agent: Provider): RegisteredGroup {
  const own = group.provider;
  if (agent === own) return group;
  // As a fallback, so that the policy of the group still holds.
  if (agent === 'claude') return { ...group, fallbackToClaude: true };
  const { providerConfig } = group;
  const inherited = own === 'claude' ? undefined : providerConfig?.[own];
  const config = providerConfig?.[agent] ??
    inherited ?? { approvalPolicy: approvalPolicyOf(group) };
  return {
    ...group,
    provider: agent,
    providerConfig: { ...providerConfig, [agent]: config },
    model: own === 'claude' ? undefined : group.model,
  };
}

function misfit(model: string, agent: Provider): ChosenTarget {
  const fitting =
    agent === 'claude'
      ? 'claude asks anthropic/ models'
      : `${agent} asks openai-codex/ and openai/ models`;
  return { ok: false, reason: `${model} does not fit --provider ${agent}: ${fitting}.` };
}

const CREDENTIAL: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'the sign-in of Claude',
  openai: 'the API key of OpenAI',
  'openai-codex': 'the ChatGPT sign-in',
};

function describeMove(given: string, ref: ModelRef): string {
  return `${given} is asked as ${formatModelRef(ref)}, with ${CREDENTIAL[ref.provider]}.`;
}
