import type { WASocket } from '@whiskeysockets/baileys';
import type { Jid } from '../../core/message.ts';
import { readServerCode } from './ack.ts';

/**
 * A single member whose keys the server does not hand out makes Baileys fail the whole group message. This
 * finds those devices and notes them as supplied with our sender key, so that the next attempt leaves them
 * out. They see "Waiting for this message" and ask for it again, which brings them their key if by then they
 * can be reached. Returns how many there are. Rejects when the connection is lost.
 */
export async function leaveOutUnreachable(
  sock: WASocket,
  groupJid: Jid,
  memberJids: readonly string[],
): Promise<number> {
  const devices = await sock.getUSyncDevices([...memberJids], false, false);
  const unreachable = await findUnreachable(
    sock,
    devices.map((device) => device.jid),
  );
  if (unreachable.length === 0) return 0;
  const { keys } = sock.authState;
  const stored = await keys.get('sender-key-memory', [groupJid]);
  const marks = Object.fromEntries(unreachable.map((jid) => [jid, true]));
  await keys.set({ 'sender-key-memory': { [groupJid]: { ...stored[groupJid], ...marks } } });
  return unreachable.length;
}

/** Halves the list until the refused ones stand alone: few queries when few are refused. */
async function findUnreachable(sock: WASocket, jids: string[]): Promise<string[]> {
  if (jids.length === 0) return [];
  try {
    await sock.assertSessions(jids);
    return [];
  } catch (error) {
    if (readServerCode(error) === undefined) throw error;
  }
  if (jids.length === 1) return jids;
  const half = Math.ceil(jids.length / 2);
  return [
    ...(await findUnreachable(sock, jids.slice(0, half))),
    ...(await findUnreachable(sock, jids.slice(half))),
  ];
}
