import type { Jid } from '../message.ts';

/** Somebody who has written in the chat. */
export interface KnownPerson {
  readonly jid: Jid;
  readonly name: string;
}

export interface MentioningText {
  readonly text: string;
  readonly mentions: readonly Jid[];
}

const MIN_NAME_CHARS = 2;

/**
 * Turns `@Name` into the form WhatsApp expects, `@` and the number of a JID, for names that exactly one person
 * goes by. `wanted` are JIDs to mention in any case: the text begins with those it does not name itself.
 */
export function addMentions(
  text: string,
  people: readonly KnownPerson[],
  wanted: readonly Jid[] = [],
): MentioningText {
  const mentions = new Set<Jid>();
  let named = text;
  for (const { jid, name } of uniqueNames(people)) {
    const before = named;
    named = named.replaceAll(mentionOfName(name), `@${userOf(jid)}`);
    if (named !== before || hasMention(named, jid)) mentions.add(jid);
  }
  const missing = [...new Set(wanted)].filter((jid) => !hasMention(named, jid));
  for (const jid of wanted) mentions.add(jid);
  const prefix = missing.map((jid) => `@${userOf(jid)} `).join('');
  return { text: `${prefix}${named}`, mentions: [...mentions] };
}

/** The longest first, so that "Ana Maria" is not taken for "Ana". */
function uniqueNames(people: readonly KnownPerson[]): KnownPerson[] {
  const byName = Map.groupBy(people, ({ name }) => name.trim().toLowerCase());
  return [...byName.values()]
    .flatMap((same) => {
      const [first] = same;
      const isOne = first !== undefined && same.every(({ jid }) => jid === first.jid);
      return isOne && first.name.trim().length >= MIN_NAME_CHARS ? [first] : [];
    })
    .toSorted((a, b) => b.name.trim().length - a.name.trim().length);
}

function mentionOfName(name: string): RegExp {
  return new RegExp(
    `(?<![\\p{L}\\p{N}_@])@${RegExp.escape(name.trim())}(?![\\p{L}\\p{N}_])`,
    'giu',
  );
}

function hasMention(text: string, jid: Jid): boolean {
  return new RegExp(`@${RegExp.escape(userOf(jid))}(?!\\d)`).test(text);
}

function userOf(jid: Jid): string {
  return jid.slice(0, jid.indexOf('@'));
}
