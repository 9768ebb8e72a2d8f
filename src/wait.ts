import { type After, systemAfter } from './clock.ts';

/** Resolves after the time in milliseconds or as soon as the signal aborts, whichever is first. */
export type Wait = (delayMs: number, signal: AbortSignal) => Promise<void>;

export function createWait(after: After): Wait {
  return (delayMs, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = after(delayMs, end);
      signal.addEventListener('abort', end);
    });
}

export const waitUnlessAborted: Wait = createWait(systemAfter);

/** Resolves when the signal aborts. */
export function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
