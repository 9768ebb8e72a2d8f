import { StateWatch } from './state-watch.ts';

/** A growing list one can wait on: for an item that is there already or for one to come. */
export class EventLog<T> {
  readonly items: T[] = [];
  readonly #watch = new StateWatch();

  add(item: T): void {
    this.items.push(item);
    this.#watch.changed();
  }

  /** Call after an item changed in place. */
  changed(): void {
    this.#watch.changed();
  }

  async waitFor(predicate: (item: T) => boolean, signal?: AbortSignal): Promise<T> {
    let found: T | undefined;
    await this.#watch.waitUntil(() => {
      found = this.items.find(predicate);
      return found !== undefined;
    }, signal);
    if (found === undefined) throw new Error('waited for an item that is not there');
    return found;
  }

  close(reason: Error): void {
    this.#watch.close(reason);
  }
}
