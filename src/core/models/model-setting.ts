import { z } from 'zod';

const modelNameSchema = z.string().regex(/^\S{1,200}$/, 'must be a model name without spaces');

/** A model, or a model with others that are asked in this order when it cannot answer. */
export const modelSettingSchema = z.union(
  [
    modelNameSchema,
    z.strictObject({ primary: modelNameSchema, fallbacks: z.array(modelNameSchema).max(9) }),
  ],
  { error: 'must be "provider/model" or { "primary": …, "fallbacks": […] }' },
);
export type ModelSetting = z.infer<typeof modelSettingSchema>;

/** All models of a setting, the first to be asked first, each once. */
export function modelsOf(setting: ModelSetting): readonly string[] {
  if (typeof setting === 'string') return [setting];
  return [...new Set([setting.primary, ...setting.fallbacks])];
}
