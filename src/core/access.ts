import type { RegisteredGroup } from './group.ts';
import type { InboundMessage, Jid } from './message.ts';
import { readPerson, spellingsOf } from './person.ts';

/** Who wrote a message. The identities are the channel's: without a device, in lower case. */
export type Sender = Pick<InboundMessage, 'senderJid' | 'senderAltJid' | 'isFromMe'>;

/** What the registration says of people, ready to be looked up. */
interface AccessRules {
  /** Who may ask, the admins among them; undefined for everybody. */
  readonly askers: ReadonlySet<Jid> | undefined;
  /** Undefined when the registration names none. */
  readonly admins: ReadonlySet<Jid> | undefined;
}

/** A registration never changes: a new state of the file is a new object. */
const rulesByGroup = new WeakMap<RegisteredGroup, AccessRules>();

/**
 * Whether what somebody writes may be taken for a question. The account itself always may: it is the one that the
 * assistant speaks with.
 */
export function mayAsk(group: RegisteredGroup, sender: Sender): boolean {
  return sender.isFromMe || isAmong(rulesOf(group).askers, sender);
}

/** Whether somebody may ask the host itself for something. Where admins are named, only they may. */
export function mayCommand(group: RegisteredGroup, sender: Sender): boolean {
  return mayAsk(group, sender) && (sender.isFromMe || isAmong(rulesOf(group).admins, sender));
}

/** Whether nothing may be kept of what those who may not ask write. */
export function isDropping(group: RegisteredGroup): boolean {
  return group.senders?.mode === 'drop';
}

function isAmong(
  people: ReadonlySet<Jid> | undefined,
  { senderJid, senderAltJid }: Sender,
): boolean {
  if (people === undefined || people.has(senderJid)) return true;
  return senderAltJid !== undefined && people.has(senderAltJid);
}

function rulesOf(group: RegisteredGroup): AccessRules {
  const known = rulesByGroup.get(group);
  if (known !== undefined) return known;
  const { senders, admins = [] } = group;
  const rules = {
    askers: senders?.allow === undefined ? undefined : toJids([...senders.allow, ...admins]),
    admins: admins.length === 0 ? undefined : toJids(admins),
  };
  rulesByGroup.set(group, rules);
  return rules;
}

/** An entry that names nobody lets nobody in; the schema of registrations has none. */
function toJids(people: readonly string[]): ReadonlySet<Jid> {
  return new Set(people.flatMap((text) => readPerson(text) ?? []).flatMap(spellingsOf));
}
