import { isHostedLidUser, isHostedPnUser, isLidUser, isPnUser } from '@whiskeysockets/baileys';
import type { WaKeyTable } from '../../../db/wa-keys.ts';
import type { KeyUnit } from './key-unit.ts';
import { joinSessionRecord, splitSessionRecord } from './session-record.ts';
import { jidToSignalAddress, type SignalAddress, toSignalAddress } from './signal-address.ts';

/** One device's session on its way from the phone number's address to the LID's. */
export interface SessionMove {
  readonly from: SignalAddress;
  readonly to: SignalAddress;
}

/** The devices of `fromJid`'s user that have a session. Empty unless it goes from a phone number to a LID. */
export function planSessionMoves(table: WaKeyTable, fromJid: string, toJid: string): SessionMove[] {
  const isPhone = isPnUser(fromJid) || isHostedPnUser(fromJid);
  const isLid = isLidUser(toJid) || isHostedLidUser(toJid);
  if (!isPhone || !isLid) return [];
  const { name: fromName } = jidToSignalAddress(fromJid);
  const { name: toName } = jidToSignalAddress(toJid);
  return table.listIds('session', `${fromName}.`).map((id) => {
    const deviceId = Number(id.slice(fromName.length + 1));
    return { from: toSignalAddress(fromName, deviceId), to: toSignalAddress(toName, deviceId) };
  });
}

/**
 * Moves one session. A session that is already under the LID is the newer one, because resolved addresses
 * lead there since the mapping is known; the other states stay readable as its archive.
 * Returns false when there was nothing to move.
 */
export function moveSession(unit: KeyUnit, { from, to }: SessionMove): boolean {
  const record = unit.readBytes('session', from.id);
  if (!record) return false;
  const existing = unit.readBytes('session', to.id);
  unit.stage('session', to.id, existing ? mergeRecords(existing, record) : record);
  unit.stage('session', from.id, null);
  moveIdentity(unit, from, to);
  return true;
}

function mergeRecords(newer: Uint8Array, older: Uint8Array): Uint8Array {
  const head = splitSessionRecord(newer);
  const tail = splitSessionRecord(older);
  return joinSessionRecord({
    current: head.current ?? tail.current,
    archived: [
      ...head.archived,
      ...(head.current && tail.current ? [tail.current] : []),
      ...tail.archived,
    ],
  });
}

function moveIdentity(unit: KeyUnit, from: SignalAddress, to: SignalAddress): void {
  const identity = unit.readBytes('identity-key', from.id);
  if (!identity) return;
  if (!unit.readBytes('identity-key', to.id)) unit.stage('identity-key', to.id, identity);
  unit.stage('identity-key', from.id, null);
}
