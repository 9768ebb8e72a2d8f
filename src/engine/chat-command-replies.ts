import type { Now } from '../clock.ts';
import { CHAT_COMMAND_TEXTS } from '../core/chat-command.ts';
import type { Jid, QuotedMessage } from '../core/message.ts';
import type { ChatCommand, ChatCommandEnd, ChatCommandStore } from '../db/chat-commands.ts';
import type { Db } from '../db/database.ts';

export interface ChatCommandRepliesDeps {
  readonly db: Db;
  readonly chatCommands: ChatCommandStore;
  readonly findQuoted: (chatJid: Jid, messageId: string) => QuotedMessage | undefined;
  /** Puts a text into the outbox, once per origin. */
  readonly tell: (chatJid: Jid, text: string, origin: string, quoted?: QuotedMessage) => void;
  readonly now: Now;
}

/** What a command's chat is told, each thing once over any number of tries. A command ends in one transaction. */
export interface ChatCommandReplies {
  showCode(command: ChatCommand, code: string): void;
  /** For a command that another one's sign-in serves. */
  repeatCode(command: ChatCommand, code: string): void;
  finish(command: ChatCommand, state: ChatCommandEnd, text: string): void;
  interrupt(command: ChatCommand): void;
  /** Of a chat that may have no commands any more; nobody is told. */
  drop(command: ChatCommand): void;
}

export function createChatCommandReplies(deps: ChatCommandRepliesDeps): ChatCommandReplies {
  const tell = ({ chatJid, messageId }: ChatCommand, text: string, part: 'code' | 'outcome') => {
    const quoted = deps.findQuoted(chatJid, messageId);
    deps.tell(chatJid, text, `command:${chatJid}:${messageId}:${part}`, quoted);
  };
  const end = deps.db.transaction(
    ({ seq }: ChatCommand, state: ChatCommandEnd, detail: string, tellEnd: () => void) => {
      deps.chatCommands.finish(seq, state, detail, deps.now());
      tellEnd();
    },
  );
  const finish = (command: ChatCommand, state: ChatCommandEnd, text: string) =>
    end.immediate(command, state, text, () => tell(command, text, 'outcome'));
  return {
    showCode: (command, code) => tell(command, code, 'code'),
    repeatCode(command, code) {
      const detail = 'the code of the sign-in that went on';
      end.immediate(command, 'done', detail, () => tell(command, code, 'code'));
    },
    finish,
    interrupt(command) {
      const asked = CHAT_COMMAND_TEXTS[command.command];
      const text = `I was interrupted while I worked on \`${asked}\`; please send it again.`;
      finish(command, 'interrupted', text);
    },
    drop: (command) => end.immediate(command, 'failed', 'not the main chat any more', () => {}),
  };
}
