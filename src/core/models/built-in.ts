import type { Provider } from '@deckhand/protocol';
import type { ModelSetting } from './model-setting.ts';

/** For which groups a stored default is: those of claude, or those of codex and responses. */
export type DefaultFor = 'claude' | 'openai';

export type DefaultModels = Readonly<Partial<Record<DefaultFor, ModelSetting>>>;

/** What is asked where nobody has chosen; full or bare names, by the agent that asks. */
export type BuiltInModels = Readonly<Record<Provider, string>>;

/** Names that the configuration may hold, bare or full. */
export interface ConfiguredModels {
  readonly claudeModel?: string | undefined;
  readonly codexModel?: string | undefined;
}

/** The default of the pinned Codex CLI (0.169.0), and of the agent runner for Claude. */
const CODEX_DEFAULT = 'gpt-6.1-sol';
const CLAUDE_DEFAULT = 'claude-sonnet-5';

/** CODEX_MODEL holds for responses groups too. */
export function builtInModels({ claudeModel, codexModel }: ConfiguredModels): BuiltInModels {
  const openai = codexModel ?? CODEX_DEFAULT;
  return { claude: claudeModel ?? CLAUDE_DEFAULT, codex: openai, responses: openai };
}

export function defaultFor(provider: Provider): DefaultFor {
  return provider === 'claude' ? 'claude' : 'openai';
}
