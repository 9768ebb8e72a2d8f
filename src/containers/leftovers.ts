import type Docker from 'dockerode';
import type { Logger } from '../logger.ts';
import { isAlreadyDone } from './docker-errors.ts';

/** How often an engine that does not answer is asked again. */
const RETRY_MS = 5_000;
/** An engine on this machine removes a container within a second. */
const ANSWER_MS = 10_000;

export interface LeftoversDeps {
  readonly docker: Docker;
  readonly logger: Logger;
}

/**
 * Containers whose engine was gone when they should have been removed, as while it restarts. They are removed as soon
 * as it answers, and before the next container starts; what a host cannot remove until its end the next one reaps.
 */
export class Leftovers {
  readonly #deps: LeftoversDeps;
  readonly #ids = new Set<string>();
  /** Under way, by container. */
  readonly #removing = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LeftoversDeps) {
    this.#deps = deps;
  }

  add(id: string): void {
    this.#ids.add(id);
    this.#retryLater();
  }

  /** Tries once to remove them all, also those that were added during an earlier try. Never rejects. */
  async remove(): Promise<void> {
    await Promise.all([...this.#ids].map((id) => this.#removeOnce(id)));
    if (this.#ids.size > 0) this.#retryLater();
  }

  async #removeOnce(id: string): Promise<void> {
    const removing = this.#removing.get(id) ?? this.#removeOne(id);
    this.#removing.set(id, removing);
    await removing;
    this.#removing.delete(id);
  }

  async #removeOne(id: string): Promise<void> {
    const { docker, logger } = this.#deps;
    const abortSignal = AbortSignal.timeout(ANSWER_MS);
    try {
      await docker.getContainer(id).remove({ force: true, abortSignal });
      logger.info({ id }, 'removed a container that was left over');
    } catch (error) {
      if (!isAlreadyDone(error)) {
        logger.debug({ err: error, id }, 'container is still left over');
        return;
      }
    }
    this.#ids.delete(id);
  }

  /** Does not keep a host alive that ends. */
  #retryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.remove(), RETRY_MS).unref();
  }
}
