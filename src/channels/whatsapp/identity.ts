import { jidDecode, type SignalKeyStore } from '@whiskeysockets/baileys';
import type { Jid } from '../../core/message.ts';

/** Our own account: the phone JID, and the LID once the server told it. */
export interface OwnIdentity {
  readonly phone: Jid;
  readonly lid?: Jid;
}

/** The person a JID stands for: the phone JID where it is known, else the LID. */
export interface Person {
  readonly jid: Jid;
  readonly altJid?: Jid;
}

/** The other JID of the same person, when known: the phone JID behind a LID, the LID behind a phone JID. */
export type FindOther = (jid: Jid) => Jid | undefined;

/** WhatsApp's have 40 at most; in quotes and mentions whoever writes chooses them. */
const MAX_JID_CHARS = 128;

const SERVERS: Record<string, string> = {
  'c.us': 's.whatsapp.net',
  hosted: 's.whatsapp.net',
  'hosted.lid': 'lid',
};

/** Without device and agent part, in lower case, on the plain server names. Undefined when it is no JID. */
export function toBareJid(jid: string | null | undefined): Jid | undefined {
  if (!jid || jid.length > MAX_JID_CHARS) return undefined;
  const decoded = jidDecode(jid.toLowerCase());
  if (decoded === undefined || decoded.user === '') return undefined;
  return `${decoded.user}@${SERVERS[decoded.server] ?? decoded.server}`;
}

export function isLid(jid: Jid): boolean {
  return jid.endsWith('@lid');
}

export function isPhone(jid: Jid): boolean {
  return jid.endsWith('@s.whatsapp.net');
}

export function isGroup(jid: Jid): boolean {
  return jid.endsWith('@g.us');
}

/** The part before the server: a phone number, or the digits of a LID or group. */
export function userOf(jid: Jid): string {
  return jid.slice(0, jid.indexOf('@'));
}

/** Reads `creds.me`, whose JIDs name our device. Undefined while no phone is linked. */
export function readOwnIdentity(
  me: { id: string; lid?: string | undefined } | undefined,
): OwnIdentity | undefined {
  const phone = toBareJid(me?.id);
  const lid = toBareJid(me?.lid);
  if (phone === undefined) return undefined;
  return lid === undefined ? { phone } : { phone, lid };
}

export function ownJidsOf(own: OwnIdentity): Jid[] {
  return own.lid === undefined ? [own.phone] : [own.phone, own.lid];
}

/** Undefined where the first is no JID; `alt` is the other identity that the stanza names beside it, if it does. */
export function toPerson(
  jid: string | null | undefined,
  alt: string | null | undefined,
  own: OwnIdentity,
  findOther: FindOther,
): Person | undefined {
  const first = toBareJid(jid);
  return first === undefined ? undefined : personOf(first, alt, own, findOther);
}

/** The same for a JID that is bare already. */
export function personOf(
  first: Jid,
  alt: string | null | undefined,
  own: OwnIdentity,
  findOther: FindOther,
): Person {
  const other = toBareJid(alt);
  if (ownJidsOf(own).includes(first)) {
    return own.lid === undefined ? { jid: own.phone } : { jid: own.phone, altJid: own.lid };
  }
  if (!isLid(first)) {
    const lid = other && isLid(other) ? other : findOther(first);
    return lid === undefined ? { jid: first } : { jid: first, altJid: lid };
  }
  const phone = other && isPhone(other) ? other : findOther(first);
  return phone === undefined ? { jid: first } : { jid: phone, altJid: first };
}

/**
 * Looks the other JIDs of people up in the key store, where Baileys keeps what it learned under
 * `lid-mapping`/`<phone user>` and `<lid user>_reverse`. The store answers without a socket, so replays need none.
 */
export async function loadOthers(
  jids: readonly Jid[],
  keys: Pick<SignalKeyStore, 'get'>,
): Promise<ReadonlyMap<Jid, Jid>> {
  const others = new Map<Jid, Jid>();
  if (jids.length === 0) return others;
  const found = await keys.get('lid-mapping', jids.map(mappingName));
  for (const jid of jids) {
    const user = found[mappingName(jid)];
    if (user) others.set(jid, isLid(jid) ? `${user}@s.whatsapp.net` : `${user}@lid`);
  }
  return others;
}

function mappingName(jid: Jid): string {
  return isLid(jid) ? `${userOf(jid)}_reverse` : userOf(jid);
}
