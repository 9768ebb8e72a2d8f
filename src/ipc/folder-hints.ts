import { once } from 'node:events';
import { watch } from 'chokidar';
import { type After, systemAfter } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { isRequestName } from './request-name.ts';

/** Tells that a folder may hold a new request. May stay silent or tell too much: the sweep decides. */
export interface FolderHints extends AsyncDisposable {
  add(path: string): void;
  remove(path: string): void;
}

export type CreateFolderHints = (
  onHint: (path: string) => void,
  logger: Logger,
  after?: After,
) => Promise<FolderHints>;

/**
 * Events of a folder in a stretch: more than the requests make that are taken in it. Libuv reads until there are none
 * left, so that an agent who is quicker would stop the whole host.
 */
const MAX_EVENTS = 2_000;
const STRETCH_MS = 1_000;

/** One chokidar watcher for the request folders of all groups. A folder of too many events is listened to no more. */
export const createFolderHints: CreateFolderHints = async (onHint, logger, after = systemAfter) => {
  const folders = new Set<string>();
  const watcher = watch([], {
    depth: 0,
    followSymlinks: false,
    ignoreInitial: true,
    // Files are not looked at: an agent may make any number of them.
    ignored: (path) => !folders.has(path),
  });
  const remove = (path: string): void => {
    folders.delete(path);
    watcher.unwatch(path);
  };
  const events = new EventCounts(after);
  // The event of the operating system, before chokidar looks at the file; it costs no stat.
  watcher.on('raw', (_event, name, details) => {
    const path = watchedPathOf(details);
    if (path === undefined || !folders.has(path)) return;
    const count = events.add(path);
    if (count > MAX_EVENTS) remove(path);
    // Once in a stretch: a folder that takes its place is listened to again.
    if (count === MAX_EVENTS + 1)
      logger.warn({ path }, 'too many events of a mailbox, sweeping it only');
    if (count > MAX_EVENTS || (typeof name === 'string' && isRequestName(name))) onHint(path);
  });
  watcher.on('error', (err) => logger.warn({ err }, 'mailbox watcher failed, sweeping only'));
  await once(watcher, 'ready');
  return {
    add(path) {
      folders.add(path);
      watcher.add(path);
    },
    remove,
    async [Symbol.asyncDispose]() {
      events[Symbol.dispose]();
      await watcher.close();
    },
  };
};

/** How many events each folder had in the stretch of time that began with the first of them. */
class EventCounts implements Disposable {
  readonly #after: After;
  readonly #counts = new Map<string, number>();
  #cancel: () => void = () => undefined;

  constructor(after: After) {
    this.#after = after;
  }

  /** The number with this one. */
  add(path: string): number {
    if (this.#counts.size === 0) this.#cancel = this.#after(STRETCH_MS, () => this.#counts.clear());
    const count = (this.#counts.get(path) ?? 0) + 1;
    this.#counts.set(path, count);
    return count;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }
}

function watchedPathOf(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details))
    return undefined;
  return typeof details.watchedPath === 'string' ? details.watchedPath : undefined;
}
