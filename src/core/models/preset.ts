import type { ModelSetting } from './model-setting.ts';

/**
 * The models that become the default after a sign-in with ChatGPT. By public reports the first was retired
 * for ChatGPT accounts in June 2026: who has a key of the API goes on with the others.
 */
export const CHATGPT_PRESET = {
  name: 'chatgpt',
  setting: {
    primary: 'openai-codex/gpt-5.3-codex',
    fallbacks: ['openai/gpt-5.2-codex', 'openai/gpt-4o-mini'],
  },
} as const satisfies { name: string; setting: ModelSetting };
