import type { Phone } from '../../loopback/whatsapp/server.ts';

/** A message of the assistant as people see it. */
export interface Visible {
  readonly id: string;
  readonly chat: string;
  readonly text: string;
  readonly quotedId: string | undefined;
  /** Phone-number JIDs of those who see it. */
  readonly readers: Set<string>;
}

/** All messages of the assistant on the screens of some phones, each id once, as phones show them. */
export interface Screens {
  /** Looks again; gives what is new since the last look. */
  look(): readonly Visible[];
  readonly all: readonly Visible[];
}

export function createScreens(phones: readonly Phone[]): Screens {
  const all: Visible[] = [];
  const byKey = new Map<string, Visible>();
  const read = new Map<Phone, number>();

  const note = (phone: Phone, index: number): void => {
    const seen = phone.seen[index];
    if (seen === undefined || !seen.fromCompanion) return;
    const { id, chat, text, quotedId } = seen;
    const known = byKey.get(`${chat}|${id}`);
    if (known !== undefined) return void known.readers.add(phone.jid);
    const visible = { id, chat, text, quotedId, readers: new Set([phone.jid]) };
    byKey.set(`${chat}|${id}`, visible);
    all.push(visible);
  };
  return {
    all,
    look() {
      const before = all.length;
      for (const phone of phones) {
        for (let index = read.get(phone) ?? 0; index < phone.seen.length; index += 1) {
          note(phone, index);
        }
        read.set(phone, phone.seen.length);
      }
      return all.slice(before);
    },
  };
}
