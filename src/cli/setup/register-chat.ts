import type { RegisteredGroup } from '../../core/group.ts';
import { installationPaths } from '../context.ts';
import { createFolderSlug } from '../groups/folder-slug.ts';
import { createGroupFolder, listGroupFolders } from '../groups/group-folder.ts';
import { checkGroup, loadGroups, saveEdit } from '../groups/registry.ts';
import type { AccountChat } from './chat-choice.ts';
import { decideProvider } from './decide-provider.ts';
import type { SetupSession } from './session.ts';

/** Registers a chat that is not registered yet, and makes its folder. */
export async function registerChat(
  session: SetupSession,
  chat: AccountChat,
  isMain: boolean,
): Promise<RegisteredGroup> {
  const { context } = session;
  const name = chat.name || (chat.isSelf ? 'Main' : chat.jid.replace(/@.*$/s, ''));
  const folder = await freeFolder(session, isMain ? 'main' : name, isMain);
  const provider = await decideProvider(session);
  const added_at = new Date(context.now()).toISOString();
  const group = checkGroup({ jid: chat.jid, name, folder, provider, isMain, added_at }, 'add');
  const saved = await saveEdit(context, { type: 'add', group }, 'add');
  await createGroupFolder(installationPaths(context), saved.folder);
  return saved;
}

/** The folder `main` of an earlier installation, or one with a sign-in put there, is the main chat's own. */
async function freeFolder(session: SetupSession, name: string, isMain: boolean): Promise<string> {
  const registered = [...(await loadGroups(session.context)).values()].map(({ folder }) => folder);
  const files = isMain ? [] : await listGroupFolders(installationPaths(session.context));
  const taken = new Set([...registered, ...files]);
  return createFolderSlug(name, (folder) => taken.has(folder));
}
