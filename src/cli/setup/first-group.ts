import type { RegisteredGroup } from '../../core/group.ts';
import { loadGroups } from '../groups/registry.ts';
import type { AccountChat } from './chat-choice.ts';
import { chatLabel } from './chat-label.ts';
import { pickChat, requireChat } from './pick-chat.ts';
import { registerChat } from './register-chat.ts';
import type { SetupSession } from './session.ts';
import { done, leftOut, type SetupStep } from './step.ts';

const TEXT = 'In which group shall it answer first? (Enter: none yet)';

export function createGroupStep(session: SetupSession): SetupStep {
  const { context, options } = session;
  return {
    name: 'group',
    title: 'The first group',
    flags: ['--group'],
    async findDone() {
      const groups = [...(await loadGroups(context)).values()].filter(({ isMain }) => !isMain);
      if (groups.length === 0) return undefined;
      return describeGroups(groups);
    },
    async run() {
      if (options.yes && options.group === undefined) return leftOut('no --group was given');
      const registered = await loadGroups(context);
      const free = (await session.listChats()).filter(
        ({ jid, isSelf }) => !isSelf && !registered.has(jid),
      );
      const chat = await chooseGroup(session, free);
      if (chat === undefined) return leftOut('none yet');
      const group = await registerChat(session, chat, false);
      return done(`${chatLabel(group)} is registered, with the folder groups/${group.folder}`);
    },
  };
}

async function chooseGroup(
  session: SetupSession,
  free: readonly AccountChat[],
): Promise<AccountChat | undefined> {
  const wanted = session.options.group;
  if (wanted !== undefined) return requireChat(wanted, '--group', free);
  if (free.length > 0) return pickChat(session, { text: TEXT, flag: '--group <chat>' }, free);
  session.reporter.say(
    'The account is in no other group. Add it to one and run this again, or use `deckhand groups add`.',
  );
  return undefined;
}

/** An installation may have hundreds of groups. */
function describeGroups(groups: readonly RegisteredGroup[]): string {
  const [first, ...others] = groups.map(chatLabel);
  return others.length === 0 ? `${first}` : `${first} and ${others.length} more`;
}
