import type { ModelProvider } from '../core/models/model-ref.ts';
import type { ProfileId } from './stored-credential.ts';

const COMMANDS: Readonly<Record<ModelProvider, string>> = {
  'openai-codex': 'deckhand login codex',
  openai: 'deckhand login codex --api-key',
  anthropic: 'deckhand login claude',
};

/** What a person types to fill a profile, in the way that messages quote commands. */
export function loginCommand({ name, folder }: ProfileId): string {
  const group = folder === undefined ? '' : ` --group ${folder}`;
  return `\`${COMMANDS[name]}${group}\``;
}
