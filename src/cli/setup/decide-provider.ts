import { loadGroups } from '../groups/registry.ts';
import { askChoice, type Choice } from './ask.ts';
import type { SetupProvider } from './options.ts';
import type { SetupSession } from './session.ts';
import { listUsableSources, sourcesFor } from './sign-in-sources.ts';

const CLAUDE: Choice<SetupProvider> = {
  value: 'claude',
  label: 'Claude, with a key or token of Anthropic',
};
const CODEX: Choice<SetupProvider> = {
  value: 'codex',
  label: 'Codex, with ChatGPT or an API key of OpenAI',
};
const RESPONSES: Choice<SetupProvider> = {
  value: 'responses',
  label: 'a model of OpenAI without the Codex CLI, with the same sign-ins',
};

/** Asks once a run unless an option has said it. */
export async function askProvider(session: SetupSession): Promise<SetupProvider> {
  const question = { text: 'Who is to answer?', flag: '--provider <provider>' };
  session.said.provider ??= await askChoice(
    // Whose account is used is nothing to be taken for granted.
    { ...session, options: { ...session.options, yes: false } },
    question,
    [CLAUDE, CODEX, RESPONSES],
  );
  return session.said.provider;
}

/** Who answers in a chat that is registered now: as said, as in the main chat, or by what is signed in. */
export async function decideProvider(session: SetupSession): Promise<SetupProvider> {
  if (session.said.provider !== undefined) return session.said.provider;
  const main = [...(await loadGroups(session.context)).values()].find(({ isMain }) => isMain);
  if (main !== undefined) return main.provider;
  const sources = await listUsableSources(session.context);
  const hasClaude = sourcesFor('claude', sources).length > 0;
  const hasOpenai = sourcesFor('codex', sources).length > 0;
  if (hasClaude && hasOpenai) return askProvider(session);
  return hasOpenai ? 'codex' : 'claude';
}
