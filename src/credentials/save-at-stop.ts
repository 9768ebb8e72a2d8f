import type { Logger } from '../logger.ts';
import { waitUnlessAborted } from '../wait.ts';
import type { CredentialStore } from './credential-store.ts';
import type { RefreshState, UnsavedSignIn } from './refresh-state.ts';

/** A host has ten seconds to end in. */
const LONGEST_MS = 3_000;
const EVERY_MS = 250;

export interface SaveAtStopDeps {
  readonly store: CredentialStore;
  readonly state: RefreshState;
  readonly logger: Logger;
}

/**
 * What the server gave and the disk did not take is nowhere else: before the host forgets it the disk is tried for
 * some seconds more. Never rejects.
 */
export async function saveAtStop(deps: SaveAtStopDeps): Promise<void> {
  const unsaved = deps.state.allUnsaved();
  if (unsaved.length === 0) return;
  const over = AbortSignal.timeout(LONGEST_MS);
  await Promise.all(unsaved.map((one) => saveOne(deps, one, over)));
}

async function saveOne(deps: SaveAtStopDeps, unsaved: UnsavedSignIn, over: AbortSignal) {
  const { id } = unsaved;
  for (;;) {
    try {
      await deps.store.withLock(id, over, () => saveUnlessReplaced(deps, unsaved));
      return;
    } catch (error) {
      if (over.aborted) {
        deps.logger.error({ err: error, profile: id }, 'a sign-in is lost: sign in again');
        return;
      }
    }
    await waitUnlessAborted(EVERY_MS, over);
  }
}

/** Somebody may have signed in again meanwhile. */
async function saveUnlessReplaced(
  { store, state }: SaveAtStopDeps,
  { id, refreshToken, next }: UnsavedSignIn,
): Promise<void> {
  const read = await store.read(id);
  // Nobody has signed in anew: the file is not to be read at the moment, e.g. by its mode, which can be mended.
  if (read.status === 'unusable') throw new Error(read.reason);
  const isStillOld =
    read.status === 'found' &&
    read.credential.kind === 'sign_in' &&
    read.credential.refreshToken === refreshToken;
  if (isStillOld) await store.write(id, next);
  state.forgetUnsaved(id);
}
