import { refreshDueAt, retryDelayMs } from './refresh-policy.ts';
import type { ProfileId, SignIn } from './stored-credential.ts';

/** More than can be in the hands of runs at a time. */
const MAX_REFUSED = 50;

/** A refresh that the server has done and the disk has not taken: what took the place of a refresh token. */
export interface UnsavedSignIn {
  readonly id: ProfileId;
  readonly refreshToken: string;
  readonly next: SignIn;
}

interface ProfileState {
  /** Seen last. */
  seen?: Pick<SignIn, 'accessToken' | 'refreshedAt'>;
  /** Those that the model has refused, oldest first; a late word about one says nothing about the next. */
  readonly refused: Set<string>;
  /** `signedInAt` of the broken sign-in that was told. */
  toldBroken?: number;
  /** What took the place of this refresh token at the server and not on disk; nobody else has it. */
  unsaved?: UnsavedSignIn;
  failures: number;
  /** From when until when the server is left alone, and why. */
  rest?: { readonly from: number; readonly until: number; readonly reason: string };
  /** When the stored token is due; Infinity for a broken one. */
  dueAt: number;
}

export interface SignInNews {
  readonly isOtherToken: boolean;
  readonly broken?: { readonly code: string; readonly signedInAt: number };
}

/** What one process remembers of the profiles. Times in unix milliseconds. */
export class RefreshState {
  readonly #profiles = new Map<string, ProfileState>();

  /**
   * Takes note of what was read, and says what is new about it. The first token seen is no news, nor is what was read
   * before a refresh and comes after it.
   */
  see(id: ProfileId, signIn: SignIn): SignInNews {
    const state = this.#of(id);
    const { seen } = state;
    if (seen && signIn.refreshedAt < seen.refreshedAt) return { isOtherToken: false };
    const isOtherToken = seen !== undefined && seen.accessToken !== signIn.accessToken;
    if (isOtherToken) forgetFailures(state);
    state.seen = signIn;
    state.dueAt = signIn.broken ? Number.POSITIVE_INFINITY : refreshDueAt(signIn);
    const { broken, signedInAt } = signIn;
    if (!broken || state.toldBroken === signedInAt) return { isOtherToken };
    state.toldBroken = signedInAt;
    return { isOtherToken, broken: { code: broken.code, signedInAt } };
  }

  refuse(id: ProfileId, token: string): void {
    const { refused } = this.#of(id);
    refused.add(token);
    const [oldest] = refused;
    if (refused.size > MAX_REFUSED && oldest !== undefined) refused.delete(oldest);
  }

  isRefused(id: ProfileId, token: string): boolean {
    return this.#of(id).refused.has(token);
  }

  isDue(id: ProfileId, signIn: SignIn, now: number): boolean {
    if (signIn.broken) return false;
    return refreshDueAt(signIn) <= now || this.isRefused(id, signIn.accessToken);
  }

  keepUnsaved(id: ProfileId, refreshToken: string, next: SignIn): void {
    this.#of(id).unsaved = { id, refreshToken, next };
  }

  forgetUnsaved(id: ProfileId): void {
    delete this.#of(id).unsaved;
  }

  /** What the server has made of this refresh token already. */
  unsavedOf(id: ProfileId, refreshToken: string): SignIn | undefined {
    const { unsaved } = this.#of(id);
    return unsaved?.refreshToken === refreshToken ? unsaved.next : undefined;
  }

  allUnsaved(): readonly UnsavedSignIn[] {
    return [...this.#profiles.values()].flatMap(({ unsaved }) => unsaved ?? []);
  }

  fail(id: ProfileId, reason: string, now: number): void {
    const state = this.#of(id);
    state.failures += 1;
    state.rest = { from: now, until: now + retryDelayMs(state.failures), reason };
  }

  /** Why the server is to be left alone now; undefined when it is not, or when the clock was set back since. */
  restOf(id: ProfileId, now: number): string | undefined {
    const { rest } = this.#of(id);
    return rest && rest.from <= now && now < rest.until ? rest.reason : undefined;
  }

  /** When to look at the profile again. */
  nextAt(id: ProfileId): number {
    const { dueAt, rest } = this.#of(id);
    return Math.max(dueAt, rest?.until ?? dueAt);
  }

  #of({ name, folder }: ProfileId): ProfileState {
    const key = `${folder ?? ''}/${name}`;
    const state = this.#profiles.get(key) ?? newState();
    this.#profiles.set(key, state);
    return state;
  }
}

function newState(): ProfileState {
  return { refused: new Set(), failures: 0, dueAt: Number.POSITIVE_INFINITY };
}

/** Somebody has got new tokens: the server works again. */
function forgetFailures(state: ProfileState): void {
  state.failures = 0;
  delete state.rest;
}
