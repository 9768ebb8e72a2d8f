import type {
  SignalAuthState,
  SignalRepositoryWithLIDStore,
  UserFacingSocketConfig,
} from '@whiskeysockets/baileys';
import type { Database } from 'better-sqlite3';
import { createWaKeyTable } from '../../../db/wa-keys.ts';
import { createAddressResolver } from './address-resolver.ts';
import { createKeyStore } from './auth-state.ts';
import { createGroupOperations } from './group-operations.ts';
import { guardKeyStore } from './guarded-key-store.ts';
import type { Journal } from './journal.ts';
import { createKeyedMutex } from './keyed-mutex.ts';
import { createLidMapping } from './lid-mapping.ts';
import { createSessionOperations } from './session-operations.ts';
import { jidToSignalAddress } from './signal-address.ts';
import { SignalStorageError } from './signal-error.ts';
import { createSignalOperations } from './signal-operation.ts';

export type MakeSignalRepository = NonNullable<UserFacingSocketConfig['makeSignalRepository']>;

export interface SignalRepositoryDeps {
  /** The database of `loadAuthState`: keys are read and written there directly. */
  readonly db: Database;
  readonly journal: Journal;
  /**
   * The database failed during an operation, e.g. the disk is full. Must close the current socket before it
   * returns (`sock.ws.close()`): then Baileys can send neither receipt nor refusal for the message in hand,
   * and the server keeps it.
   */
  readonly onStorageFailure: (error: SignalStorageError) => void;
}

/**
 * Makes the `makeSignalRepository` of the socket's configuration. Make it once and give it to every socket:
 * its locks span sockets, so that a closing one and its successor do not race for a session.
 */
export function createSignalRepositoryFactory(deps: SignalRepositoryDeps): MakeSignalRepository {
  const table = createWaKeyTable(deps.db);
  const mutex = createKeyedMutex();
  const addresses = createAddressResolver(table, mutex);
  const operations = createSignalOperations({ ...deps, table });
  const keys = guardKeyStore(createKeyStore(table), (error) =>
    deps.onStorageFailure(new SignalStorageError(error)),
  );
  return (auth: SignalAuthState, logger, fetchLids): SignalRepositoryWithLIDStore => {
    const shared = { ...deps, table, mutex, addresses, operations, creds: auth.creds, logger };
    const lidMapping = createLidMapping(keys, logger, fetchLids);
    return {
      ...createSessionOperations(shared),
      ...createGroupOperations(shared),
      jidToSignalProtocolAddress: (jid) => jidToSignalAddress(jid).id,
      lidMapping,
      close: () => lidMapping.close(),
    };
  };
}
