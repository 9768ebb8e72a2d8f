import type { Jid } from '../core/message.ts';
import { readPerson } from '../core/person.ts';

/** The account itself. No real number begins with a zero. */
export const OWN_JID: Jid = '0@s.whatsapp.net';

/**
 * Who the names of an export are: a person with a number of their own where the name is one or `known` tells it, else
 * somebody made up, who is on no list of a registration.
 */
export function createPeople(known: ReadonlyMap<string, Jid>): (name: string) => Jid {
  const jids = new Map<string, Jid>();
  return (name) => {
    const before = jids.get(name);
    if (before !== undefined) return before;
    const jid = known.get(name) ?? readPerson(name) ?? `0${jids.size + 1}@lid`;
    jids.set(name, jid);
    return jid;
  };
}
