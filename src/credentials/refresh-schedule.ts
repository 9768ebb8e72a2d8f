import type { After, Now } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { CredentialStore } from './credential-store.ts';
import type { RefreshState } from './refresh-state.ts';
import type { AccessOutcome } from './refresher.ts';
import type { ProfileId } from './stored-credential.ts';

/** Finds profiles that are new and tokens that another process refreshed, and a clock that was set. */
const LONGEST_MS = 15 * 60_000;
const SHORTEST_MS = 1_000;
/** Added at random, so that not all installations ask at the same second. */
const JITTER_MS = 30_000;

export interface RefreshScheduleDeps {
  readonly store: CredentialStore;
  readonly state: RefreshState;
  readonly now: Now;
  readonly after: After;
  readonly logger: Logger;
  /** Refreshes when it is due. */
  readonly access: (id: ProfileId) => Promise<AccessOutcome>;
}

/** Looks after all profiles with one timer. */
export class RefreshSchedule {
  readonly #deps: RefreshScheduleDeps;
  #round: Promise<void> = Promise.resolve();
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(deps: RefreshScheduleDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#round = this.#run();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Resolves when no round is under way. */
  async idle(): Promise<void> {
    await this.#round;
  }

  async #run(): Promise<void> {
    const delayMs = await this.#lookAfterAll();
    if (this.#isStopped) return;
    const jitterMs = Math.random() * JITTER_MS;
    this.#cancel = this.#deps.after(delayMs + jitterMs, () => this.start());
  }

  /** How long until the next look. Never rejects: what fails now may work then. */
  async #lookAfterAll(): Promise<number> {
    const { store, state, now, logger } = this.#deps;
    try {
      const ids = (await store.list()).filter(({ name }) => name === 'openai-codex');
      await Promise.all(ids.map((id) => this.#lookAfter(id)));
      const nextAt = Math.min(...ids.map((id) => state.nextAt(id)));
      return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, nextAt - now()));
    } catch (error) {
      logger.error({ err: error }, 'the sign-ins could not be listed');
      return LONGEST_MS;
    }
  }

  async #lookAfter(id: ProfileId): Promise<void> {
    try {
      await this.#deps.access(id);
    } catch (error) {
      this.#deps.logger.error({ err: error, profile: id }, 'a sign-in could not be looked after');
    }
  }
}
