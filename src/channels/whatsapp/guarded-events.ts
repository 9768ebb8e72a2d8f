import type { EventEmitter } from 'node:events';

/**
 * Wraps every listener registered so far, so that what it throws or rejects with reaches `onError` instead of
 * ending the process: Baileys listens with async functions and lets a corrupt frame or a write to a closing
 * socket reject unhandled.
 */
export function guardListeners(emitter: EventEmitter, onError: (error: unknown) => void): void {
  for (const event of emitter.eventNames()) {
    const listeners = emitter.rawListeners(event);
    emitter.removeAllListeners(event);
    for (const listener of listeners) {
      emitter.on(event, (...args: unknown[]) => {
        try {
          const result: unknown = Reflect.apply(listener, emitter, args);
          if (result instanceof Promise) result.catch(onError);
        } catch (error) {
          onError(error);
        }
      });
    }
  }
}
