import { z } from 'zod';
import {
  type ModelProvider,
  modelNameSchema,
  normalizeModel,
  parseModelName,
} from './model-ref.ts';

/** A model, or a model with others that are asked in this order when it cannot answer. */
export const modelSettingSchema = z.union(
  [
    modelNameSchema,
    z.strictObject({
      primary: modelNameSchema,
      fallbacks: z.array(modelNameSchema).max(9).readonly(),
    }),
  ],
  { error: 'must be "provider/model" or { "primary": …, "fallbacks": […] }' },
);
export type ModelSetting = z.infer<typeof modelSettingSchema>;

/** All models of a setting, the first to be asked first, each once. */
export function modelsOf(setting: ModelSetting): readonly string[] {
  if (typeof setting === 'string') return [setting];
  return [...new Set([setting.primary, ...setting.fallbacks])];
}

/** For people: `a`, or `a, then b, then c`. */
export function summarizeModel(setting: ModelSetting): string {
  return modelsOf(setting).join(', then ');
}

/** Whether any model of the setting is served by the provider, after normalization. */
export function hasModelOf(provider: ModelProvider, setting: ModelSetting): boolean {
  return modelsOf(setting).some((name) => {
    const parsed = parseModelName(name);
    return parsed.ok && normalizeModel(parsed.ref).provider === provider;
  });
}
