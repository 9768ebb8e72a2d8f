import { Worker } from 'node:worker_threads';

/** Group messages decrypted per second, one after the other, by both repositories on the same ciphertexts. */
export interface GroupDecryptionFigures {
  readonly ownPerSecond: number;
  readonly stockPerSecond: number;
  /** own / stock */
  readonly ratio: number;
  /** Messages timed per repository, after a warm-up. */
  readonly messages: number;
}

/**
 * Compares the own Signal repository with Baileys' stock one on a burst of one group: 10 members write in
 * turn, texts of 20 to 600 characters, keys distributed beforehand, sender keys stepped as real phones do.
 *
 * Both do what a host on them does per message, with their usual store on the same disk:
 * - own: recording the stanza, decryption, and one durable SQLite commit (WAL, synchronous=FULL) of ratchet
 *   and plaintext. The inbox row that later replaces the journal's is not part of it.
 * - stock: decryption and Baileys' key transaction over `useMultiFileAuthState` behind
 *   `makeCacheableSignalKeyStore`: files without fsync, and no copy of the plaintext.
 *
 * Runs in a worker, so that replaced curve functions of the calling process do not speed the stock side up.
 */
export async function measureGroupDecryption(): Promise<GroupDecryptionFigures> {
  const { promise, resolve, reject } = Promise.withResolvers<GroupDecryptionFigures>();
  const worker = new Worker(new URL('./signal-worker.ts', import.meta.url));
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the signal worker ended with ${code}`)));
  return promise;
}
