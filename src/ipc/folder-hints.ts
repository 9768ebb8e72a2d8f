import { once } from 'node:events';
import { watch } from 'chokidar';
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
) => Promise<FolderHints>;

/** One chokidar watcher for the request folders of all groups. */
export const createFolderHints: CreateFolderHints = async (onHint, logger) => {
  const folders = new Set<string>();
  const watcher = watch([], {
    depth: 0,
    followSymlinks: false,
    ignoreInitial: true,
    // Files are not looked at: an agent may make any number of them.
    ignored: (path) => !folders.has(path),
  });
  // The event of the operating system, before chokidar looks at the file; it costs no stat.
  watcher.on('raw', (_event, name, details) => {
    if (typeof name !== 'string' || !isRequestName(name)) return;
    const path = watchedPathOf(details);
    if (path !== undefined && folders.has(path)) onHint(path);
  });
  watcher.on('error', (err) => logger.warn({ err }, 'mailbox watcher failed, sweeping only'));
  await once(watcher, 'ready');
  return {
    add(path) {
      folders.add(path);
      watcher.add(path);
    },
    remove(path) {
      folders.delete(path);
      watcher.unwatch(path);
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
};

function watchedPathOf(details: unknown): string | undefined {
  if (typeof details !== 'object' || details === null || !('watchedPath' in details))
    return undefined;
  return typeof details.watchedPath === 'string' ? details.watchedPath : undefined;
}
