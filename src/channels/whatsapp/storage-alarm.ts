import type { Logger } from '../../logger.ts';

export interface StorageAlarm {
  /** A message could not be stored. */
  raise(error: unknown): void;
  /** A message was stored. */
  clear(): void;
}

/** Says once that messages cannot be stored, however often it is tried, and once that they can again. */
export function createStorageAlarm(logger: Logger): StorageAlarm {
  let isRaised = false;
  return {
    raise(error) {
      if (isRaised) return;
      isRaised = true;
      logger.error({ err: error }, 'messages cannot be stored and are left with the server');
    },
    clear() {
      if (!isRaised) return;
      isRaised = false;
      logger.info('messages are stored again');
    },
  };
}
