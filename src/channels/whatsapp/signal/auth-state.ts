import {
  type AuthenticationCreds,
  initAuthCreds,
  type SignalDataTypeMap,
  type SignalKeyStore,
} from '@whiskeysockets/baileys';
import type { Database } from 'better-sqlite3';
import {
  createWaKeyTable,
  deleteWaCreds,
  readWaCreds,
  type WaKeyRow,
  type WaKeyTable,
  writeWaCreds,
} from '../../../db/wa-keys.ts';
import { parseCreds, UnreadableCredsError } from './creds.ts';
import { decodeKeyValue, encodeJson, encodeKeyValue } from './key-codec.ts';

/**
 * Baileys' `AuthenticationState` (pass the object itself as the socket's `auth`) and what goes with it. Not to
 * be wrapped in `makeCacheableSignalKeyStore`: the repository writes sessions and pre-keys past such a cache.
 */
export interface AuthState {
  /** Baileys changes this object in place on every `creds.update`. */
  readonly creds: AuthenticationCreds;
  readonly keys: SignalKeyStore;
  /** Call it on every `creds.update`. Durable when it returns. */
  saveCreds: () => void;
  /** Whether a phone has confirmed this device; a pairing code that was only asked for does not count. */
  isLinked: () => boolean;
}

/**
 * Reads the link from the database, or makes and stores a new identity when there never was one.
 * Throws UnreadableCredsError instead of replacing an identity that is there but damaged.
 */
export function loadAuthState(db: Database): AuthState {
  const table = createWaKeyTable(db);
  const creds = loadCreds(db, table);
  return {
    creds,
    keys: createKeyStore(table),
    saveCreds: () => writeWaCreds(db, encodeJson(creds)),
    isLinked: () => hasConfirmedLink(creds),
  };
}

/** Forgets identity and keys. The journal stays: its messages were accepted and still belong in the inbox. */
export function clearAuthState(db: Database): void {
  const clear = db.transaction(() => {
    deleteWaCreds(db);
    createWaKeyTable(db).clear();
  });
  clear.immediate();
}

function loadCreds(db: Database, table: WaKeyTable): AuthenticationCreds {
  const text = readWaCreds(db);
  if (text !== undefined) return forgetUnconfirmedLink(parseCreds(text));
  if (!table.isEmpty()) throw new UnreadableCredsError('it is missing while its keys are there');
  const creds = initAuthCreds();
  writeWaCreds(db, encodeJson(creds));
  return creds;
}

function hasConfirmedLink(creds: AuthenticationCreds): boolean {
  return creds.me !== undefined && creds.account !== undefined;
}

/** Asking for a pairing code sets `me`; after a restart Baileys would log in with it and be refused for good. */
function forgetUnconfirmedLink(creds: AuthenticationCreds): AuthenticationCreds {
  if (hasConfirmedLink(creds)) return creds;
  const { me: _me, ...rest } = creds;
  return { ...rest, registered: false, pairingCode: undefined };
}

/** One transaction per `set`, over every key type. */
export function createKeyStore(table: WaKeyTable): SignalKeyStore {
  return {
    get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]) {
      const found: { [id: string]: SignalDataTypeMap[T] } = {};
      for (const id of ids) {
        const stored = table.find(type, id);
        if (stored === undefined) continue;
        found[id] = decodeKeyValue(type, stored) as SignalDataTypeMap[T];
      }
      return found;
    },
    set(data) {
      const rows: WaKeyRow[] = [];
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries<unknown>(values)) {
          rows.push({ type, id, value: isAbsent(value) ? null : encodeKeyValue(value) });
        }
      }
      table.write(rows);
    },
    clear: () => table.clear(),
  };
}

/** Baileys deletes with null; the multi-file store also treats every other falsy value as a deletion. */
function isAbsent(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
