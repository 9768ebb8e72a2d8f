import { type After, type Now, systemAfter } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { AuthServer } from './auth-server.ts';
import { describeBrokenSignIn } from './broken-sign-in.ts';
import type { CredentialStore } from './credential-store.ts';
import { type LockedRefreshDeps, type Refreshed, refreshStored } from './locked-refresh.ts';
import { RefreshSchedule } from './refresh-schedule.ts';
import { RefreshState } from './refresh-state.ts';
import type { Access, AccessOutcome, Refresher } from './refresher.ts';
import { saveAtStop } from './save-at-stop.ts';
import type { ProfileId, SignIn } from './stored-credential.ts';

export interface HostRefresherDeps {
  readonly store: CredentialStore;
  readonly authServer: AuthServer;
  readonly now: Now;
  readonly after?: After;
  readonly logger: Logger;
  /** A profile has another access token than this process saw last, whoever refreshed it. */
  readonly onRefreshed: (id: ProfileId, access: Access) => Promise<void> | void;
  /**
   * A sign-in is over. Called once by each process that sees it, also when another one found out or an earlier one
   * did and was killed before it could tell: `signedInAt` tells one sign-in from the next.
   */
  readonly onBroken: (
    id: ProfileId,
    broken: { readonly code: string; readonly signedInAt: number },
  ) => Promise<void> | void;
}

/**
 * The only user of refresh tokens. What is stored goes `fresh → due → fresh`, and to `broken` when the server says that
 * it will never refresh again.
 *
 * One refresh per profile at a time: the lock of the store covers this process and all others, and whoever gets it
 * reads again first, because another may have refreshed meanwhile. The new tokens are on disk before anybody
 * gets to see them. A refresh that has begun is never given up; disposing waits for it. A crash between the server's
 * answer and the end of the write loses the sign-in, which nobody can exclude with tokens that are good once;
 * nothing but the write happens there, and the disk has proved before that it takes one. What it refuses after all is
 * written at the next try, without asking the server again, and at the stop at the latest if it can be.
 *
 * The access token of a broken sign-in goes on being used until it expires or the model refuses it: what ended the
 * sign-in need not have ended the token, and a chat that is answered for some days more is better than one that is not.
 */
export class HostRefresher implements Refresher, AsyncDisposable {
  readonly #deps: HostRefresherDeps;
  readonly #locked: LockedRefreshDeps;
  readonly #state = new RefreshState();
  readonly #schedule: RefreshSchedule;
  readonly #stop = new AbortController();
  readonly #pending = new Set<Promise<unknown>>();

  constructor(deps: HostRefresherDeps) {
    this.#deps = deps;
    this.#locked = { ...deps, state: this.#state, stop: this.#stop.signal };
    this.#schedule = new RefreshSchedule({
      ...deps,
      after: deps.after ?? systemAfter,
      state: this.#state,
      access: (id) => this.access(id),
    });
  }

  /** Refreshes every profile in time from now on, until disposed. */
  start(): void {
    this.#schedule.start();
  }

  access(id: ProfileId): Promise<AccessOutcome> {
    return this.#track(this.#access(id));
  }

  renew(id: ProfileId, rejectedToken: string): Promise<AccessOutcome> {
    this.#state.refuse(id, rejectedToken);
    return this.access(id);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    await this.#schedule.idle();
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the refresher stops'));
    this.#schedule.stop();
    await this.idle();
    await saveAtStop(this.#locked);
  }

  async #access(id: ProfileId): Promise<AccessOutcome> {
    const read = await this.#deps.store.read(id);
    if (read.status === 'absent') return read;
    if (read.status === 'unusable') return { ...read, status: 'broken' };
    if (read.credential.kind !== 'sign_in') return { status: 'absent' };
    const signIn = read.credential;
    await this.#notice(id, signIn);
    if (!this.#state.isDue(id, signIn, this.#deps.now())) return this.#judge(id, signIn);
    return await this.#refresh(id, signIn);
  }

  async #refresh(id: ProfileId, signIn: SignIn): Promise<AccessOutcome> {
    const refreshed: Refreshed = await refreshStored(this.#locked, id);
    switch (refreshed.status) {
      case 'stored':
        await this.#notice(id, refreshed.signIn);
        return this.#judge(id, refreshed.signIn);
      case 'failed':
        return this.#judge(id, signIn, refreshed.reason);
      case 'absent':
      case 'broken':
        return refreshed;
      default:
        return refreshed satisfies never;
    }
  }

  /** Whether the token serves now; `failure` is why there is no newer one. */
  #judge(id: ProfileId, signIn: SignIn, failure?: string): AccessOutcome {
    const isUsable =
      signIn.expiresAt > this.#deps.now() && !this.#state.isRefused(id, signIn.accessToken);
    if (isUsable) return { status: 'ok', access: accessOf(signIn) };
    if (signIn.broken) {
      return { status: 'broken', ...describeBrokenSignIn(id, signIn.broken.code) };
    }
    return { status: 'unavailable', reason: failure ?? 'the model refuses the access token' };
  }

  async #notice(id: ProfileId, signIn: SignIn): Promise<void> {
    const news = this.#state.see(id, signIn);
    try {
      if (news.isOtherToken) await this.#deps.onRefreshed(id, accessOf(signIn));
      if (news.broken) await this.#deps.onBroken(id, news.broken);
    } catch (error) {
      this.#deps.logger.error({ err: error, profile: id }, 'news of a sign-in were not taken');
    }
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    const forget = () => void this.#pending.delete(work);
    work.then(forget, forget);
    return work;
  }
}

export function createRefresher(deps: HostRefresherDeps): HostRefresher {
  return new HostRefresher(deps);
}

function accessOf({ accessToken, idToken, accountId, expiresAt }: SignIn): Access {
  return { accessToken, idToken, accountId, expiresAt };
}
