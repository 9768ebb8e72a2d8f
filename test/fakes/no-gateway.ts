import type { Gateway } from '../../src/ports.ts';

/** Of hosts whose agents have a network and credentials of their own. */
export const NO_GATEWAY: Gateway = {
  serves: () => false,
  admit: () => Promise.reject(new Error('no group has a door here')),
  recheck: () => undefined,
  stopListening: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
