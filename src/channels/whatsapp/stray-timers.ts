import { createHook } from 'node:async_hooks';

/** Baileys' UPLOAD_TIMEOUT (lib/Defaults). */
const UPLOAD_TIMEOUT_MS = 30_000;

/**
 * Baileys lets each upload of pre-keys race a timer that it never clears, which would keep a finished
 * `deckhand link` from ending for half a minute. Timers of that length made until disposal no longer keep
 * the process alive. Hooks every async resource meanwhile, so it is for the short time of a login only.
 */
export function detachUploadTimers(): Disposable {
  const timers: NodeJS.Timeout[] = [];
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'Timeout') timers.push(resource as NodeJS.Timeout);
    },
  }).enable();
  return {
    [Symbol.dispose]() {
      hook.disable();
      for (const timer of timers) {
        if (Reflect.get(timer, '_idleTimeout') === UPLOAD_TIMEOUT_MS) timer.unref();
      }
      timers.length = 0;
    },
  };
}
