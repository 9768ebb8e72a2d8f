import { jidDecode } from '@whiskeysockets/baileys';

/** The part of a JID before the device and the server. */
export function userOf(jid: string): string {
  return jidDecode(jid)?.user ?? jid;
}

/** 0 for a phone, N for a linked device. */
export function deviceOf(jid: string): number {
  return jidDecode(jid)?.device ?? 0;
}

export function isGroupJid(jid: string): boolean {
  return jid.endsWith('@g.us');
}

export function phoneNumberJid(user: string, device = 0): string {
  return device === 0 ? `${user}@s.whatsapp.net` : `${user}:${device}@s.whatsapp.net`;
}

export function lidJid(user: string, device = 0): string {
  return device === 0 ? `${user}@lid` : `${user}:${device}@lid`;
}
