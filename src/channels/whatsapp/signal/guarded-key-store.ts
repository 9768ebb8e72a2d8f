import type { SignalKeyStore } from '@whiskeysockets/baileys';
import { isStorageFault } from '../../../db/storage-fault.ts';

/**
 * Tells of a database that fails before Baileys hears of it. Baileys writes keys on the way to a decryption, such as
 * the phone number of a new member, and refuses the message for good when that throws: `onFailure` must cut the
 * connection before it returns, so that the refusal cannot go out and the server keeps the message.
 */
export function guardKeyStore(
  keys: SignalKeyStore,
  onFailure: (error: unknown) => void,
): SignalKeyStore {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (isStorageFault(error)) onFailure(error);
      throw error;
    }
  };
  return {
    get: (type, ids) => guard(() => keys.get(type, ids)),
    set: (data) => guard(() => keys.set(data)),
    clear: () => guard(() => keys.clear?.()),
  };
}
