import { jidDecode, WAJIDDomains } from '@whiskeysockets/baileys';

/** A device as the Signal protocol names it: `9001_1` and `0` for `9001@lid`, as the stock repository does. */
export interface SignalAddress {
  /** The user, with `_<domain>` behind it unless the domain is the phone numbers' one. */
  readonly name: string;
  readonly deviceId: number;
  /** Key of sessions and identities: `9001_1.0`. */
  readonly id: string;
}

const phoneDomain: number = WAJIDDomains.WHATSAPP;

/** Throws on a JID without a user, and on device 99 outside the hosted domains. */
export function jidToSignalAddress(jid: string): SignalAddress {
  const decoded = jidDecode(jid);
  if (!decoded?.user) throw new Error(`not the JID of a user: "${jid}"`);
  const { user, server, domainType = phoneDomain, device = 0 } = decoded;
  if (device === 99 && server !== 'hosted' && server !== 'hosted.lid') {
    throw new Error(`device 99 exists on hosted accounts only: "${jid}"`);
  }
  return toSignalAddress(domainType === phoneDomain ? user : `${user}_${domainType}`, device);
}

export function toSignalAddress(name: string, deviceId: number): SignalAddress {
  return { name, deviceId, id: `${name}.${deviceId}` };
}

/** Key of a sender key record: `group::9001_1::0`. */
export function senderKeyId(group: string, author: SignalAddress): string {
  return `${group}::${author.name}::${author.deviceId}`;
}
