import type { CodexAuthMethod, Provider, Secrets } from '@deckhand/protocol';

/** What a run is given to authenticate with, or why it cannot start. */
export type Credential =
  | { ok: true; secrets: Secrets; codexAuth?: CodexAuthMethod }
  | {
      ok: false;
      /** One sentence for the chat, with the command that mends it. */
      notice: string;
      /** For the log. */
      detail: string;
    };

const MEND: Readonly<Record<Provider, string>> = {
  claude: 'set ANTHROPIC_API_KEY or CLAUDE_CODE_OAUTH_TOKEN in .env',
  codex: 'run `deckhand login codex` or set OPENAI_API_KEY in .env',
  responses: 'run `deckhand login codex` or set OPENAI_API_KEY in .env',
};

export function missingCredential(provider: Provider, detail: string): Credential {
  const name = provider === 'claude' ? 'Claude' : 'OpenAI';
  return {
    ok: false,
    notice: `I cannot answer because there is no sign-in for ${name} yet: whoever runs me can ${MEND[provider]}, and \`deckhand doctor\` shows how.`,
    detail,
  };
}
