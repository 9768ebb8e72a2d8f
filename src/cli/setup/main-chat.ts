import { loadGroups, saveEdit } from '../groups/registry.ts';
import type { AccountChat } from './chat-choice.ts';
import { chatLabel } from './chat-label.ts';
import { pickChat, requireChat } from './pick-chat.ts';
import { registerChat } from './register-chat.ts';
import type { SetupSession } from './session.ts';
import { done, type SetupStep } from './step.ts';

const TEXT =
  'The main chat may manage the other groups, and Deckhand reports there. Make it a chat with you alone. Which ' +
  'one is it? (Enter: the chat with yourself)';

export function createMainStep(session: SetupSession): SetupStep {
  const findMain = async () =>
    [...(await loadGroups(session.context)).values()].find(({ isMain }) => isMain);
  return {
    name: 'main',
    title: 'The main chat',
    flags: ['--main'],
    async findDone() {
      const main = await findMain();
      return main && `${chatLabel(main)} is the main chat`;
    },
    async run() {
      const chat = await chooseMain(session);
      const before = await findMain();
      if (before !== undefined && before.jid !== chat.jid) {
        const fields = { isMain: false };
        await saveEdit(session.context, { type: 'set', jid: before.jid, fields }, 'set');
      }
      const main = await makeMain(session, chat);
      return done(`${chatLabel(main)} is the main chat, with the folder groups/${main.folder}`);
    },
  };
}

async function makeMain(session: SetupSession, chat: AccountChat) {
  const isRegistered = (await loadGroups(session.context)).has(chat.jid);
  if (!isRegistered) return registerChat(session, chat, true);
  const fields = { isMain: true };
  return saveEdit(session.context, { type: 'set', jid: chat.jid, fields }, 'set');
}

async function chooseMain(session: SetupSession): Promise<AccountChat> {
  const { options } = session;
  const chats = await session.listChats();
  const wanted = options.main ?? (options.yes ? 'self' : undefined);
  if (wanted !== undefined) return requireChat(wanted, '--main', chats);
  const question = { text: TEXT, flag: '--main <chat>' };
  return (await pickChat(session, question, chats)) ?? requireChat('self', '--main', chats);
}
