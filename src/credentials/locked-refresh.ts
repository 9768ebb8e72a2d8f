import type { Now } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { AuthServer } from './auth-server.ts';
import type { CredentialStore } from './credential-store.ts';
import type { RefreshState } from './refresh-state.ts';
import { refreshSignIn } from './refreshed-sign-in.ts';
import type { AccessOutcome } from './refresher.ts';
import type { ProfileId, SignIn } from './stored-credential.ts';

/** Longer than the one refresh that another process may be waiting for. */
const LOCK_TIMEOUT_MS = 60_000;

export interface LockedRefreshDeps {
  readonly store: CredentialStore;
  readonly authServer: AuthServer;
  readonly now: Now;
  readonly logger: Logger;
  readonly state: RefreshState;
  /** Ends waiting for the lock, never a refresh. */
  readonly stop: AbortSignal;
}

export type Refreshed =
  /** On disk: refreshed here or by another, or found broken. */
  | { status: 'stored'; signIn: SignIn }
  /** Nothing has changed; a later try may work. */
  | { status: 'failed'; reason: string }
  | Extract<AccessOutcome, { status: 'absent' | 'broken' }>;

/** Refreshes a profile under its lock unless that has been done meanwhile. */
export async function refreshStored(deps: LockedRefreshDeps, id: ProfileId): Promise<Refreshed> {
  const signal = AbortSignal.any([deps.stop, AbortSignal.timeout(LOCK_TIMEOUT_MS)]);
  try {
    return await deps.store.withLock(id, signal, () => refreshUnderLock(deps, id));
  } catch (error) {
    if (error !== signal.reason) throw error;
    return {
      status: 'failed',
      reason: deps.stop.aborted ? 'the host is stopping' : 'another process holds the sign-in',
    };
  }
}

async function refreshUnderLock(deps: LockedRefreshDeps, id: ProfileId): Promise<Refreshed> {
  const read = await deps.store.read(id);
  if (read.status === 'absent') return read;
  if (read.status === 'unusable') return { ...read, status: 'broken' };
  const { credential } = read;
  if (credential.kind !== 'sign_in') return { status: 'absent' };
  if (!deps.state.isDue(id, credential, deps.now())) return stored(credential);
  const unsaved = deps.state.unsavedOf(id, credential.refreshToken);
  if (unsaved) return await keep(deps, id, credential, unsaved);
  const rest = deps.state.restOf(id, deps.now());
  if (rest) return { status: 'failed', reason: rest };
  return await askServer(deps, id, credential);
}

async function askServer(
  deps: LockedRefreshDeps,
  id: ProfileId,
  signIn: SignIn,
): Promise<Refreshed> {
  // A disk that is full must be found out before the token is used up.
  const problem = await save(deps, id, signIn);
  if (problem) return fail(deps, id, problem);
  const outcome = await deps.authServer.refresh(signIn.refreshToken);
  switch (outcome.status) {
    case 'ok':
      return await keep(deps, id, signIn, refreshSignIn(signIn, outcome.tokens, deps.now()));
    case 'rejected':
      deps.logger.error({ profile: id, code: outcome.code }, 'a sign-in is over');
      return await keep(deps, id, signIn, {
        ...signIn,
        broken: { code: outcome.code, at: deps.now() },
      });
    case 'unavailable':
      return fail(deps, id, `the authorization server cannot be used: ${outcome.reason}`);
    default:
      return outcome satisfies never;
  }
}

/** What the disk does not take is kept for the next try: the server would take another refresh for a theft. */
async function keep(
  deps: LockedRefreshDeps,
  id: ProfileId,
  { refreshToken }: SignIn,
  next: SignIn,
): Promise<Refreshed> {
  const problem = await save(deps, id, next);
  if (problem === undefined) {
    deps.state.forgetUnsaved(id);
    return stored(next);
  }
  deps.state.keepUnsaved(id, refreshToken, next);
  return fail(deps, id, problem);
}

/** The problem, if there is one: a disk that does not take the file is no bug of ours. */
async function save(
  { store, logger }: LockedRefreshDeps,
  id: ProfileId,
  signIn: SignIn,
): Promise<string | undefined> {
  try {
    await store.write(id, signIn);
    return undefined;
  } catch (error) {
    logger.error({ err: error, profile: id }, 'a sign-in could not be saved');
    return 'the sign-in cannot be saved';
  }
}

function fail({ state, now, logger }: LockedRefreshDeps, id: ProfileId, reason: string): Refreshed {
  state.fail(id, reason, now());
  logger.warn({ profile: id, reason }, 'a sign-in could not be refreshed');
  return { status: 'failed', reason };
}

function stored(signIn: SignIn): Refreshed {
  return { status: 'stored', signIn };
}
