import { z } from 'zod';
import type { RegisteredGroup } from './group.ts';
import type { InboundMessage } from './message.ts';
import type { TriggerContext } from './trigger.ts';

/** What the host does by itself, without an agent. */
export const chatCommandNameSchema = z.enum(['login_codex']);
export type ChatCommandName = z.infer<typeof chatCommandNameSchema>;

/** How a person writes each of them at its simplest. */
export const CHAT_COMMAND_TEXTS: Readonly<Record<ChatCommandName, string>> = {
  login_codex: '/login codex',
};

/** The whole of what may be written, in lower case and with single spaces. */
const LOGIN_CODEX =
  /^(?:\/|deckhand )?(?:log[ -]?in|sign[ -]?in)(?: with| to)? (?:codex|chat ?gpt)[.!\u2026]*$/;

/**
 * The command that a message is, in the main group only: its whole text, after the assistant's name, trigger word or
 * mention at its beginning. A command within a longer sentence is none.
 */
export function readChatCommand(
  message: InboundMessage,
  group: RegisteredGroup,
  context: Pick<TriggerContext, 'assistantName' | 'ownJids'>,
): ChatCommandName | undefined {
  if (!group.isMain || message.media !== undefined) return undefined;
  const text = simplify(message.text);
  const names = addresses(group, context).map((name) => `@${simplify(name)}`);
  const name = names.find((one) => text.startsWith(one));
  const rest = name === undefined ? text : afterName(text.slice(name.length));
  return LOGIN_CODEX.test(rest) ? 'login_codex' : undefined;
}

/** The longest first, so that a name is not taken for a shorter one that it begins with. */
function addresses(
  { trigger }: RegisteredGroup,
  { assistantName, ownJids }: Pick<TriggerContext, 'assistantName' | 'ownJids'>,
): readonly string[] {
  const words = [assistantName, ...(trigger === undefined ? [] : [trigger])];
  const numbers = ownJids.map((jid) => jid.slice(0, jid.indexOf('@')));
  return [...words.map((word) => word.replace(/^@/, '')), ...numbers].toSorted(
    (a, b) => b.length - a.length,
  );
}

/** Empty when what follows is still part of a word. */
function afterName(rest: string): string {
  return /^[,:]? (.+)$/.exec(rest)?.[1] ?? '';
}

function simplify(text: string): string {
  return text
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replaceAll(/[ \t]+/g, ' ');
}
