import { setImmediate as nextTurn } from 'node:timers/promises';

/** Resolves for one caller in each turn of the event loop, in the order of asking. */
export type TakeLoopTurn = () => Promise<void>;

/**
 * Baileys and the cipher go on in microtasks alone. A burst of a thousand messages would so be one turn of the event
 * loop, seconds long, in which no timer runs, no agent is read and no signal is heard.
 */
export function createLoopTurns(): TakeLoopTurn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => nextTurn());
    return last;
  };
}
