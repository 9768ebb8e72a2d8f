import { isHostRunning } from '../../db/instance-lock.ts';
import { installationPaths } from '../context.ts';
import { loadGroups } from '../groups/registry.ts';
import { chatLabel } from './chat-label.ts';
import type { SetupSession } from './session.ts';

/** What is there now and what a person does next. */
export async function summarize({ context, reporter }: SetupSession): Promise<void> {
  const groups = [...(await loadGroups(context)).values()];
  const { assistantName } = context.loadConfig();
  const group = groups.find(({ isMain }) => !isMain);
  const isRunning = isHostRunning(installationPaths(context).lock);
  const next = [
    ...(isRunning ? [] : ['Start it: `npx deckhand start` (Ctrl-C stops it).']),
    group === undefined
      ? `Write in the main chat: everything there is answered. \`npx deckhand groups add\` registers a group.`
      : `Write \`@${assistantName} hello\` in ${chatLabel(group)}.`,
    'When no answer comes: `npx deckhand doctor` says what to mend.',
  ];
  reporter.say(`\nDeckhand is set up. What to do next:`);
  for (const line of next) reporter.say(`- ${line}`);
  reporter.event({ event: 'end', next });
}
