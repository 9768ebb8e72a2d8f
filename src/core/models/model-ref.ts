import { z } from 'zod';

/**
 * Who serves a model and with which credential: `openai-codex` the ChatGPT backend with a ChatGPT sign-in,
 * `openai` the API with a key, `anthropic` Claude. Also the name of the credential's profile.
 */
export const modelProviderSchema = z.enum(['openai-codex', 'openai', 'anthropic']);
export type ModelProvider = z.infer<typeof modelProviderSchema>;

/** A model by its full name, `provider/model`. */
export interface ModelRef {
  readonly provider: ModelProvider;
  /** The provider's own name of the model. */
  readonly model: string;
}
