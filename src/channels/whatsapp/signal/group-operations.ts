import type { SignalRepository } from '@whiskeysockets/baileys';
import { prepareRow, recallPlaintext } from './decryption-journal.ts';
import {
  acceptDistributionMessage,
  createDistributionMessage,
  decryptWithSenderKey,
  encryptWithSenderKey,
  type GroupScope,
} from './group-cipher.ts';
import type { KeyUnit } from './key-unit.ts';
import type { OperationDeps } from './operation-deps.ts';
import { jidToSignalAddress, senderKeyId } from './signal-address.ts';

export type GroupOperations = Pick<
  SignalRepository,
  | 'decryptGroupMessage'
  | 'encryptGroupMessage'
  | 'processSenderKeyDistributionMessage'
  | 'getSenderKeyDistributionMessage'
  | 'hasSenderKey'
>;

/**
 * The half of the repository that deals with sender keys. They belong to the address a stanza names and are
 * not resolved to the LID: a phone-numbered group and a LID group have separate chains.
 */
export function createGroupOperations(deps: OperationDeps): GroupOperations {
  const { table, journal, mutex, operations, creds } = deps;
  type Scope = Omit<GroupScope, 'unit'>;
  const toScope = (group: string, jid: string): Scope => ({
    creds,
    group,
    author: jidToSignalAddress(jid),
  });
  const runExclusive = <T>(scope: Scope, work: () => Promise<T>) =>
    mutex.runExclusive([senderKeyId(scope.group, scope.author)], work);
  const run = <T>(scope: Scope, work: (scope: GroupScope) => Promise<T>) =>
    runExclusive(scope, () => operations.run((unit: KeyUnit) => work({ ...scope, unit })));

  return {
    async decryptGroupMessage({ group, authorJid, msg }) {
      const scope = toScope(group, authorJid);
      return runExclusive(scope, () =>
        operations
          .run(
            (unit) => decryptWithSenderKey({ ...scope, unit }, msg),
            (plaintext) => prepareRow(deps, msg, 'skmsg', plaintext),
          )
          .catch((error: unknown) => recallPlaintext(journal, msg, error)),
      );
    },

    async encryptGroupMessage({ group, meId, data }) {
      return run(toScope(group, meId), async (scope) => {
        // Made before encrypting: a new member must be able to read this message too.
        const senderKeyDistributionMessage = await createDistributionMessage(scope);
        const ciphertext = await encryptWithSenderKey(scope, data);
        return { ciphertext, senderKeyDistributionMessage };
      });
    },

    async getSenderKeyDistributionMessage({ group, meId }) {
      return run(toScope(group, meId), createDistributionMessage);
    },

    async hasSenderKey({ group, meId }) {
      return table.find('sender-key', senderKeyId(group, jidToSignalAddress(meId))) !== undefined;
    },

    async processSenderKeyDistributionMessage({ item, authorJid }) {
      const { groupId, axolotlSenderKeyDistributionMessage: serialized } = item;
      if (!groupId || !serialized) throw new Error('sender key distribution without group or key');
      await run(toScope(groupId, authorJid), (scope) =>
        acceptDistributionMessage(scope, serialized),
      );
    },
  };
}
