import type { ConfiguredModels } from '../core/models/built-in.ts';
import type { ModelSetting } from '../core/models/model-setting.ts';
import { CHATGPT_PRESET } from '../core/models/preset.ts';
import type { ModelStore } from '../db/models.ts';

export interface SignInPresetDeps {
  readonly models: Pick<ModelStore, 'findDefault' | 'putDefault'>;
  readonly config: Pick<ConfiguredModels, 'codexModel'>;
}

/**
 * After a sign-in with ChatGPT its models become the default of codex and responses groups, unless a person has chosen:
 * by a command, or in the configuration. Gives the models that are the default from now on, undefined when a
 * person's choice stays.
 */
export function adoptSignInPreset(
  { models, config }: SignInPresetDeps,
  now: number,
): ModelSetting | undefined {
  if (config.codexModel !== undefined) return undefined;
  if (models.findDefault('openai')?.chosenBy === 'person') return undefined;
  const { setting } = CHATGPT_PRESET;
  models.putDefault('openai', { setting, chosenBy: 'sign-in' }, now);
  return setting;
}
