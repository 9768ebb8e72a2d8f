import type { SignalKeyStore, SignalKeyStoreWithTransaction } from '@whiskeysockets/baileys';
import { LIDMappingStore } from '@whiskeysockets/baileys/lib/Signal/lid-mapping.js';

type LidStoreArgs = ConstructorParameters<typeof LIDMappingStore>;

/**
 * Baileys' own mapping store over a key store that writes at once. Inside Baileys' key transactions a new
 * mapping would wait in memory for their commit, while the session already has to be found under the LID.
 */
export function createLidMapping(
  keys: SignalKeyStore,
  logger: LidStoreArgs[1],
  fetchLids: LidStoreArgs[2],
): LIDMappingStore {
  const direct: SignalKeyStoreWithTransaction = {
    ...keys,
    isInTransaction: () => false,
    transaction: (work) => work(),
  };
  return new LIDMappingStore(direct, logger, fetchLids);
}
