/** Waiting as the mailbox does it; tests bring their own. */
export interface Timers {
  /** Calls once after `delayMs`; the returned function takes the call back. */
  after(delayMs: number, call: () => void): () => void;
}

export const systemTimers: Timers = {
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};
