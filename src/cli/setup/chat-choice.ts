/** A chat that could be registered. */
export interface AccountChat {
  readonly jid: string;
  /** As in WhatsApp, unescaped; empty when it is not known. */
  readonly name: string;
  /** The chat of the account's owner with themselves. */
  readonly isSelf: boolean;
}

export type ChatChoice =
  | { kind: 'chosen'; chat: AccountChat }
  /** The list to go on with; it has at least one chat. */
  | { kind: 'narrowed'; chats: readonly AccountChat[] }
  /** What to say before asking again. */
  | { kind: 'nonsense'; sentence: string };

/** Chats that a list shows at once; a name finds the others. */
export const LIST_LENGTH = 15;

/**
 * What a person means by what they typed at a numbered list: a number of it, a JID, a name, or a part of some
 * names, which makes the list shorter.
 */
export function readChatChoice(
  text: string,
  shown: readonly AccountChat[],
  all: readonly AccountChat[],
): ChatChoice {
  const numbered = /^\d{1,4}$/.test(text) ? shown[Number(text) - 1] : undefined;
  if (numbered !== undefined) return { kind: 'chosen', chat: numbered };
  const exact = findChats(text, all);
  const [only, ...others] = exact;
  if (only !== undefined && others.length === 0) return { kind: 'chosen', chat: only };
  const found =
    exact.length > 0 ? exact : all.filter(({ name }) => plain(name).includes(plain(text)));
  if (text !== '' && found.length > 0) return { kind: 'narrowed', chats: found };
  return { kind: 'nonsense', sentence: correction(text, shown.length) };
}

/** The chats that an option names: `self`, a JID or a whole name, in any case. */
export function findChats(wanted: string, all: readonly AccountChat[]): AccountChat[] {
  if (wanted.toLowerCase() === 'self') return all.filter(({ isSelf }) => isSelf);
  if (wanted.includes('@')) return all.filter(({ jid }) => jid === wanted.toLowerCase());
  return all.filter(({ name }) => name !== '' && plain(name) === plain(wanted));
}

function correction(text: string, shownCount: number): string {
  const number = shownCount === 1 ? 'the number 1' : `a number from 1 to ${shownCount}`;
  if (/^-?\d+$/.test(text)) return `There is no such number: type ${number}, or a part of a name.`;
  if (text === '') return `Type ${number}, or a part of a name.`;
  return `No chat is called like that: type ${number}, or a part of another name.`;
}

function plain(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}
