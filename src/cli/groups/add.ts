import type { Command } from 'commander';
import type { RegisteredGroup } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { clearMarks } from '../models/store.ts';
import { accessNote } from './access-note.ts';
import { describeGroup } from './describe.ts';
import { createFolderSlug } from './folder-slug.ts';
import { createGroupFolder, listGroupFolders } from './group-folder.ts';
import { findChat, readKnownChats } from './known-chats.ts';
import { readModelField } from './model-fields.ts';
import { addGroupOptions, groupOptionsSchema, toFields } from './options.ts';
import { checkGroup, hostNote, loadGroups, saveEdit } from './registry.ts';

export function addGroupsAddCommand(groups: Command, context: CliContext, finish: Finish): void {
  const command = groups
    .command('add')
    .summary('register a group')
    .description('Registers a chat, so that the assistant answers in it.')
    .argument('<chat>', 'JID of the chat, or the name of one that Deckhand has seen')
    .option('--folder <folder>', 'its folder under groups/ (default: made of its name)');
  addGroupOptions(command).action(async (chat: string, values: unknown) => {
    const options = groupOptionsSchema.parse(values);
    const isComplete = chat.includes('@') && options.name !== undefined;
    const found = findChat(chat, isComplete ? [] : readKnownChats(context));
    const name = options.name ?? found.name ?? options.folder ?? found.jid.replace(/@.*$/s, '');
    const folder = options.folder ?? (await freeFolder(context, name));
    const plain = checkGroup(
      {
        ...toFields({ ...options, name, folder }),
        jid: found.jid,
        added_at: new Date(context.now()).toISOString(),
      },
      'add',
    );
    const group = { ...plain, ...(await readModelField(context, options, plain)) };
    const saved = await saveEdit(context, { type: 'add', group }, 'add');
    if (saved.model !== undefined) clearMarks(context, saved);
    const isNewFolder = await createGroupFolder(installationPaths(context), saved.folder);
    if (options.json) writeJson(context, { group: saved, isNewFolder });
    else report(context, saved, isNewFolder);
    finish(EXIT.ok);
  });
}

/** Neither a registered group's nor one that still holds the files of an earlier group. */
async function freeFolder(context: CliContext, name: string): Promise<string> {
  const groups: GroupMap = await loadGroups(context);
  const taken = new Set([
    ...[...groups.values()].map((group) => group.folder),
    ...(await listGroupFolders(installationPaths(context))),
  ]);
  return createFolderSlug(name, (folder) => taken.has(folder));
}

function report(context: CliContext, group: RegisteredGroup, isNewFolder: boolean): void {
  const files = isNewFolder ? '' : ', with the files that were there';
  context.stdout(
    `Registered; its folder is groups/${terminalText(group.folder)}${files}.\n` +
      `${describeGroup(group)}${accessNote(context, group)}${hostNote(context)}` +
      '`deckhand doctor` tells whether it can answer.\n',
  );
}
