import type { ProfileId, StoredCredential } from './stored-credential.ts';

export type ReadCredential =
  | { status: 'found'; credential: StoredCredential }
  | { status: 'absent' }
  /** The file is there and is left as it is. `reason` and `mend` are for people; neither holds a secret. */
  | { status: 'unusable'; reason: string; mend: string };

/** The host's own credentials: one file per profile, 0600 in a folder of 0700, replaced whole. */
export interface CredentialStore {
  read(id: ProfileId): Promise<ReadCredential>;
  /** Resolves when the file is safe on disk. */
  write(id: ProfileId, credential: StoredCredential): Promise<void>;
  /** False when there was none. */
  remove(id: ProfileId): Promise<boolean>;
  list(): Promise<readonly ProfileId[]>;
  /** Runs `work` while no other process and no other caller holds the profile. Waits until the signal aborts. */
  withLock<T>(id: ProfileId, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}
