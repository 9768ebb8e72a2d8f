import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { LINE_WIDTH } from '../layout.ts';
import { askLine, type Question } from './ask.ts';
import { type AccountChat, findChats, LIST_LENGTH, readChatChoice } from './chat-choice.ts';
import type { SetupSession } from './session.ts';

/** Lets a person pick one of the chats; undefined for Enter, which means none. */
export async function pickChat(
  session: SetupSession,
  question: Question,
  chats: readonly AccountChat[],
): Promise<AccountChat | undefined> {
  const { reporter } = session;
  let found = chats;
  reporter.say(question.text);
  for (;;) {
    const shown = found.slice(0, LIST_LENGTH);
    for (const [index, chat] of shown.entries()) reporter.show(describeChoice(chat, index));
    if (found.length > shown.length) {
      reporter.show(`      … and ${found.length - shown.length} more: type a part of the name.\n`);
    }
    const answer = await askUntilSense(session, question, shown, chats);
    if (answer === undefined || 'jid' in answer) return answer;
    found = answer.chats;
  }
}

/** A chat, a shorter list, or undefined for Enter. */
async function askUntilSense(
  session: SetupSession,
  question: Question,
  shown: readonly AccountChat[],
  all: readonly AccountChat[],
): Promise<AccountChat | { readonly chats: readonly AccountChat[] } | undefined> {
  for (;;) {
    const answer = await askLine(session, question, 'Number, or a part of a name');
    if (answer === '') return undefined;
    const choice = readChatChoice(answer, shown, all);
    switch (choice.kind) {
      case 'chosen':
        return choice.chat;
      case 'narrowed':
        return { chats: choice.chats };
      case 'nonsense':
        session.reporter.say(choice.sentence);
        break;
      default:
        choice satisfies never;
    }
  }
}

function describeChoice({ name, jid, isSelf }: AccountChat, index: number): string {
  const label = isSelf ? 'the chat with yourself' : name === '' ? jid : `"${name}"`;
  return `${fitToWidth(`${String(index + 1).padStart(4)}  ${terminalText(label)}`, LINE_WIDTH)}\n`;
}

/** The chat that an option names. Rejects with what to give instead when it is not exactly one. */
export function requireChat(
  wanted: string,
  flag: string,
  chats: readonly AccountChat[],
): AccountChat {
  const [only, ...others] = findChats(wanted, chats);
  if (only !== undefined && others.length === 0) return only;
  const name = terminalText(wanted);
  if (only === undefined) {
    throw new CliError(
      EXIT.usage,
      `${flag}: no chat of this account is called "${name}". \`deckhand groups list --known\` shows them.`,
    );
  }
  const jids = [only, ...others].map(({ jid }) => `  ${jid}`).join('\n');
  throw new CliError(
    EXIT.usage,
    `${flag}: ${others.length + 1} chats are called "${name}"; name one by its JID:\n${jids}`,
  );
}
