import { join } from 'node:path';
import { groupsSnapshotSchema, providerSchema, SNAPSHOT_FILES } from '@deckhand/protocol';
import { z } from 'zod';
import { readSnapshot } from './snapshot.ts';
import { askHost, defineTool, type ToolContext } from './tool.ts';

/** WhatsApp is asked, which may take longer than the host itself. */
const REFRESH_WAIT_MS = 40_000;

export const refreshGroups = defineTool({
  name: 'refresh_groups',
  description:
    'Asks WhatsApp for the chats that the account is in, and lists all known ones with their JIDs and whether they are registered.',
  shape: {},
  isForMainOnly: true,
  async run(_input, context) {
    const asked = await askHost(
      context,
      'tasks',
      { type: 'refresh_groups' },
      () => 'Up to date.',
      REFRESH_WAIT_MS,
    );
    return { ...asked, text: `${asked.text}\n${await describeGroups(context)}` };
  },
});

async function describeGroups({ ipcFolder }: ToolContext): Promise<string> {
  const path = join(ipcFolder, SNAPSHOT_FILES.groups);
  const known = await readSnapshot(path, groupsSnapshotSchema);
  if (known === undefined) return 'The list of groups is not there.';
  const lines = known.groups.map(({ jid, name, isRegistered }) =>
    JSON.stringify({ jid, name, isRegistered }),
  );
  return [`Known on ${known.lastSync}:`, ...lines].join('\n');
}

export const registerGroup = defineTool({
  name: 'register_group',
  description:
    'Registers a chat, so that you answer there. Its JID is in the list that refresh_groups gives. Do so only when the owner asks for it here.',
  shape: {
    jid: z.string().min(1).max(128),
    name: z.string().min(1).max(200).describe('What the group is called.'),
    folder: z
      .string()
      .min(1)
      .max(64)
      .describe('Name of its folder: lower-case letters, digits, "-" and "_".'),
    trigger: z.string().min(1).max(100).describe('The word that calls you there, such as "@Name".'),
    requiresTrigger: z
      .boolean()
      .optional()
      .describe('false: every message there is for you, without the trigger.'),
    provider: providerSchema
      .optional()
      .describe('Which agent answers there; as in this group when left out.'),
  },
  isForMainOnly: true,
  run: (group, context) =>
    askHost(context, 'tasks', { ...group, type: 'register_group' }, () => {
      return `${group.name} is registered with the folder ${group.folder}.`;
    }),
});
