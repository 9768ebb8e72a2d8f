import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  addTransactionCapability,
  type BinaryNode,
  type SignalKeyStoreWithTransaction,
  type SignalRepositoryWithLIDStore,
} from '@whiskeysockets/baileys';
import { type Db, openDatabase } from '../../../db/database.ts';
import { migration } from '../../../db/migrations/002-whatsapp-keys.ts';
import { type AuthState, loadAuthState } from './auth-state.ts';
import { createJournal, type Journal } from './journal.ts';
import { createSignalRepositoryFactory } from './repository.ts';
import { silent } from './stock-phone.fixture.ts';

/** The own repository over a database file, as the host runs it. */
export interface OwnDevice extends Disposable {
  readonly db: Db;
  readonly databasePath: string;
  readonly auth: AuthState;
  /** The keys as Baileys sees them, with its transactions. */
  readonly keys: SignalKeyStoreWithTransaction;
  readonly journal: Journal;
  /** What the inbox has, as `chat sender id`. */
  readonly inbox: Set<string>;
  readonly repository: SignalRepositoryWithLIDStore;
  readonly storageFailures: Error[];
}

export function openTestDatabase(databasePath: string): Db {
  return openDatabase(databasePath, [migration]);
}

/** Opens (or makes) the device in `databasePath`; without one in a temporary folder that goes with it. */
export function openOwnDevice(databasePath?: string): OwnDevice {
  const folder = databasePath ? undefined : mkdtempSync(path.join(tmpdir(), 'deckhand-signal-'));
  const file = databasePath ?? path.join(folder ?? '', 'deckhand.db');
  const db = openTestDatabase(file);
  const auth = loadAuthState(db);
  const inbox = new Set<string>();
  const journal = createJournal({
    db,
    isInInbox: (...names) => inbox.has(names.join(' ')),
    now: () => 1_700_000_000_000,
    logger: silent,
  });
  const storageFailures: Error[] = [];
  const makeRepository = createSignalRepositoryFactory({
    db,
    journal,
    onStorageFailure: (error) => storageFailures.push(error),
  });
  const keys = addTransactionCapability(auth.keys, silent, {
    maxCommitRetries: 3,
    delayBetweenTriesMs: 10,
  });
  const repository = makeRepository({ creds: auth.creds, keys }, silent);
  return {
    db,
    databasePath: file,
    auth,
    keys,
    journal,
    inbox,
    repository,
    storageFailures,
    [Symbol.dispose]() {
      repository.close?.();
      db.close();
      if (folder) rmSync(folder, { recursive: true });
    },
  };
}

/** A message stanza around encrypted parts, recorded as the socket's `CB:message` handler would. */
export function receiveStanza(
  journal: Journal,
  attrs: Record<string, string>,
  parts: readonly { type: string; ciphertext: Uint8Array }[],
): BinaryNode {
  const content = parts.map(({ type, ciphertext }) => ({
    tag: 'enc',
    attrs: { v: '2', type },
    content: ciphertext,
  }));
  const node = { tag: 'message', attrs, content };
  journal.recordStanza(node);
  return node;
}
