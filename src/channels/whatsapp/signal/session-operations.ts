import { proto, type SignalRepository } from '@whiskeysockets/baileys';
import { SessionRecord } from 'whatsapp-rust-bridge';
import { prepareRow, recallPlaintext } from './decryption-journal.ts';
import type { OperationDeps } from './operation-deps.ts';
import {
  beginSession,
  decryptWithPreKey,
  decryptWithSession,
  encryptWithSession,
} from './session-cipher.ts';
import { moveSession, planSessionMoves } from './session-migration.ts';
import { splitSessionRecord } from './session-record.ts';
import { jidToSignalAddress } from './signal-address.ts';

export type SessionOperations = Pick<
  SignalRepository,
  | 'decryptMessage'
  | 'encryptMessage'
  | 'injectE2ESession'
  | 'getSessionInfo'
  | 'validateSession'
  | 'deleteSession'
  | 'migrateSession'
>;

/** The half of the repository that deals with pairwise sessions. */
export function createSessionOperations(deps: OperationDeps): SessionOperations {
  const { table, journal, mutex, addresses, operations, creds, logger } = deps;

  function readCurrentState(jid: string): Uint8Array | undefined {
    const record = table.find('session', addresses.resolve(jid).id);
    // Text is a record of the JavaScript engine, which counts as no session: resends mend it.
    return Buffer.isBuffer(record) ? splitSessionRecord(record).current : undefined;
  }

  return {
    decryptMessage: ({ jid, type, ciphertext }) =>
      addresses.runExclusive(jid, (address) =>
        operations
          .run(
            async (unit) => {
              const scope = { unit, creds, address };
              if (type === 'msg') return decryptWithSession(scope, ciphertext);
              const { plaintext, isNewIdentity } = await decryptWithPreKey(scope, ciphertext);
              if (isNewIdentity) logger.info({ address: address.id }, 'saved a new identity key');
              return plaintext;
            },
            (plaintext) => prepareRow(deps, ciphertext, type, plaintext),
          )
          .catch((error: unknown) => recallPlaintext(journal, ciphertext, error)),
      ),

    encryptMessage: ({ jid, data }) =>
      addresses.runExclusive(jid, (address) =>
        operations.run((unit) => encryptWithSession({ unit, creds, address }, data)),
      ),

    injectE2ESession: ({ jid, session }) =>
      addresses.runExclusive(jid, (address) =>
        operations.run((unit) => beginSession({ unit, creds, address }, session)),
      ),

    async getSessionInfo(jid) {
      const current = readCurrentState(jid);
      if (!current) return null;
      const { aliceBaseKey, remoteRegistrationId } = proto.SessionStructure.decode(current);
      if (!aliceBaseKey?.length || remoteRegistrationId == null) return null;
      return { baseKey: aliceBaseKey, registrationId: remoteRegistrationId };
    },

    async validateSession(jid) {
      const record = table.find('session', addresses.resolve(jid).id);
      if (!Buffer.isBuffer(record)) return { exists: false, reason: 'no session' };
      return hasOpenSession(record)
        ? { exists: true }
        : { exists: false, reason: 'no open session' };
    },

    async deleteSession(jids) {
      const ids = new Set(
        jids.flatMap((jid) => [jidToSignalAddress(jid).id, addresses.resolve(jid).id]),
      );
      await mutex.runExclusive([...ids], () =>
        operations.run(async (unit) => {
          for (const id of ids) unit.stage('session', id, null);
        }),
      );
    },

    async migrateSession(fromJid, toJid) {
      const moves = planSessionMoves(table, fromJid, toJid);
      if (moves.length === 0) return { migrated: 0, skipped: 0, total: 0 };
      const locks = new Set(moves.flatMap(({ from, to }) => [from.id, to.id]));
      const migrated = await mutex.runExclusive([...locks], () =>
        operations.run(async (unit) => moves.filter((move) => moveSession(unit, move)).length),
      );
      return { migrated, skipped: moves.length - migrated, total: moves.length };
    },
  };
}

function hasOpenSession(bytes: Uint8Array): boolean {
  using record = SessionRecord.deserialize(bytes);
  return record.haveOpenSession();
}
