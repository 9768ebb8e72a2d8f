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

/** A provider's name of a model: printable ASCII, and never what a program would take for an option. */
const MODEL = /^[a-z0-9][!-~]{0,199}$/i;

/** A name in a setting, bare or full. */
export const modelNameSchema = z.string().regex(MODEL, 'must be a model name without spaces');

export type ParsedModelName =
  | { readonly ok: true; readonly ref: ModelRef }
  /** `reason` is a whole sentence for people. */
  | { readonly ok: false; readonly reason: string };

const PROVIDERS = modelProviderSchema.options.map((provider) => `${provider}/`).join(', ');

/** Reads `provider/model`. The provider may be written in any case; the model is taken as it is. */
export function parseModelName(text: string): ParsedModelName {
  const slash = text.indexOf('/');
  const model = text.slice(slash + 1);
  const provider = modelProviderSchema.safeParse(text.slice(0, Math.max(slash, 0)).toLowerCase());
  if (provider.success && MODEL.test(model)) {
    return { ok: true, ref: { provider: provider.data, model } };
  }
  const example = provider.success ? ', such as openai/gpt-4o-mini' : ` with one of ${PROVIDERS}`;
  return { ok: false, reason: `"${text}" is not a model's full name: write it${example}.` };
}

export function formatModelRef({ provider, model }: ModelRef): string {
  return `${provider}/${model}`;
}

const CODEX_ONLY = /^gpt-5\.3-codex(-.*)?$/i;

/**
 * Sends `openai/gpt-5.3-codex` and its variants to the ChatGPT sign-in, which they were made for. To be done
 * before a credential is looked for. Every other name, `openai/gpt-5.2-codex` too, stays as it is.
 */
export function normalizeModel(ref: ModelRef): ModelRef {
  if (ref.provider === 'anthropic' || !CODEX_ONLY.test(ref.model)) return ref;
  return { provider: 'openai-codex', model: ref.model.toLowerCase() };
}
