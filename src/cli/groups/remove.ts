import type { Command } from 'commander';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { keptFiles } from './group-folder.ts';
import { findGroup, hostNote, loadGroups, saveEdit } from './registry.ts';

export function addGroupsRemoveCommand(groups: Command, context: CliContext, finish: Finish): void {
  groups
    .command('remove')
    .summary('end a registration; its files stay')
    .description('Ends a registration: the assistant no longer answers there. Its files stay.')
    .argument('<group>', 'folder or JID of the group')
    .option('--json', 'print the removed registration as JSON')
    .action(async (wanted: string, options: { json?: boolean }) => {
      const { jid } = findGroup(await loadGroups(context), wanted);
      const group = await saveEdit(context, { type: 'remove', jid }, 'remove');
      const kept = await keptFiles(installationPaths(context), group.folder);
      if (options.json) writeJson(context, { group, kept });
      else {
        context.stdout(`Removed "${terminalText(group.name)}" (${terminalText(group.jid)}).\n`);
        context.stdout(describeKept(kept) + hostNote(context));
      }
      finish(EXIT.ok);
    });
}

function describeKept(kept: readonly string[]): string {
  if (kept.length === 0) return '';
  const list = kept.map((path) => `  ${path}\n`).join('');
  return `Its files stay; delete them if nobody needs them:\n${list}`;
}
