import { createRequire } from 'node:module';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Prototype = Record<string, Method | undefined>;

/** The methods of libsignal's SessionRecord that print whole sessions, private keys included. */
const printingMethods = ['closeSession', 'openSession', 'removeOldSessions'] as const;
const quieted = Symbol.for('deckhand.quiet');

/**
 * Keeps the JavaScript libsignal, where it is still used, from printing private keys. Only its own
 * (synchronous) calls are muted; the console of everyone else stays as it is. Calling it again does nothing.
 */
export function quietLibsignal(): void {
  const require = createRequire(import.meta.resolve('@whiskeysockets/baileys'));
  const { prototype } = require('libsignal/src/session_record.js') as { prototype: Prototype };
  for (const name of printingMethods) {
    const method = prototype[name];
    if (!method) throw new Error(`libsignal's SessionRecord has no ${name}`);
    if (quieted in method) continue;
    prototype[name] = Object.assign(muteDuring(method), { [quieted]: true });
  }
}

function muteDuring(method: Method): Method {
  return function (this: unknown, ...args) {
    const { info, warn } = console;
    const ignore = () => undefined;
    Object.assign(console, { info: ignore, warn: ignore });
    try {
      return method.apply(this, args);
    } finally {
      Object.assign(console, { info, warn });
    }
  };
}
