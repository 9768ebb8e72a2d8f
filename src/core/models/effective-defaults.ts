import {
  type BuiltInModels,
  builtInModels,
  type ConfiguredModels,
  type DefaultFor,
  type DefaultModels,
} from './built-in.ts';
import { type ModelSetting, modelsOf } from './model-setting.ts';

/** A stored default, and whether a person asked for it or a ChatGPT sign-in brought it. */
export interface ChosenDefault {
  readonly setting: ModelSetting;
  readonly chosenBy: 'person' | 'sign-in';
}

export type StoredDefaults = Readonly<Partial<Record<DefaultFor, ChosenDefault>>>;

export interface EffectiveModels {
  readonly defaults: DefaultModels;
  readonly builtIn: BuiltInModels;
}

/**
 * What holds for groups without a model of their own. A stored choice of a person comes first, then what `.env`
 * says, then what a sign-in brought. Behind the last stands the built-in default: nobody chose those models, so
 * none of them being served to the account must not leave its groups without an answer.
 */
export function effectiveModels(
  stored: StoredDefaults,
  configured: ConfiguredModels,
): EffectiveModels {
  const builtIn = builtInModels(configured);
  const { claude, openai } = stored;
  return {
    builtIn,
    defaults: {
      ...(claude && { claude: claude.setting }),
      ...(openai && openaiDefault(openai, configured, builtIn)),
    },
  };
}

function openaiDefault(
  { setting, chosenBy }: ChosenDefault,
  { codexModel }: ConfiguredModels,
  builtIn: BuiltInModels,
): DefaultModels {
  if (chosenBy === 'person') return { openai: setting };
  if (codexModel !== undefined) return {};
  const [primary = builtIn.codex, ...fallbacks] = modelsOf(setting);
  return { openai: { primary, fallbacks: [...fallbacks, `openai-codex/${builtIn.codex}`] } };
}
