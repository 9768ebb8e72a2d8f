import type { Command } from 'commander';
import type { RegisteredGroup } from '../../core/group.ts';
import type { KnownChat } from '../../db/chats.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { describeChats, describeGroup } from './describe.ts';
import { readKnownChats, withoutRegistered } from './known-chats.ts';
import { loadGroups } from './registry.ts';

export function addGroupsListCommand(groups: Command, context: CliContext, finish: Finish): void {
  groups
    .command('list')
    .summary('show the registered groups')
    .description('Shows the registered groups, and on demand the chats that could be registered.')
    .option('--known', 'also show chats that Deckhand has seen and that are not registered')
    .option('--json', 'print as JSON')
    .action(async (options: { known?: boolean; json?: boolean }) => {
      const registered = await loadGroups(context);
      const known = options.known
        ? withoutRegistered(readKnownChats(context), registered)
        : undefined;
      const list = [...registered.values()];
      if (options.json) writeJson(context, { groups: list, ...(known ? { known } : {}) });
      else context.stdout(describeList(list) + (known ? describeKnown(known) : ''));
      finish(EXIT.ok);
    });
}

function describeList(groups: readonly RegisteredGroup[]): string {
  if (groups.length > 0) return groups.map(describeGroup).join('');
  return (
    'No group is registered. `deckhand groups list --known` shows the chats that\n' +
    'Deckhand has seen, `deckhand groups add` registers one.\n'
  );
}

function describeKnown(known: readonly KnownChat[]): string {
  if (known.length > 0) return `\nSeen, not registered:\n${describeChats(known)}`;
  return '\nNo other chat has been seen. A chat is seen when somebody writes in it while the\nhost runs.\n';
}
