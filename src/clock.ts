/** Time as the host sees it; tests bring their own. Unix milliseconds. */
export type Now = () => number;

/** Calls once after a time in milliseconds; the returned function takes the call back. */
export type After = (delayMs: number, call: () => void) => () => void;

export const systemAfter: After = (delayMs, call) => {
  const timer = setTimeout(call, delayMs);
  return () => clearTimeout(timer);
};

export const systemNow: Now = () => Date.now();
