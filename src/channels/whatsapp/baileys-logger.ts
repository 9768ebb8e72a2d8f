import type { Logger } from '../../logger.ts';

type Log = (context: unknown, message?: string) => void;

/** The shape of Baileys' `ILogger`, which it does not export. */
export interface BaileysLogger {
  level: string;
  child(bindings: Record<string, unknown>): BaileysLogger;
  trace: Log;
  debug: Log;
  info: Log;
  warn: Log;
  error: Log;
}

/**
 * Lets through what Baileys warns about, two levels lower, without its context: that holds whole stanzas,
 * handshakes and keys. Of an error only its message is kept.
 */
export function createBaileysLogger(logger: Logger): BaileysLogger {
  const drop: Log = () => {};
  const report: Log = (context, message) => {
    const detail = typeof context === 'string' ? context : describeError(context);
    logger.debug({ baileys: message ?? detail, ...(detail ? { detail } : {}) }, 'baileys report');
  };
  const baileys: BaileysLogger = {
    // Baileys compares it with 'trace' and 'debug' to build costly messages.
    level: 'warn',
    child: () => baileys,
    trace: drop,
    debug: drop,
    info: drop,
    warn: report,
    error: report,
  };
  return baileys;
}

function describeError(context: unknown): string | undefined {
  if (context instanceof Error) return context.message;
  if (typeof context !== 'object' || context === null) return undefined;
  for (const value of Object.values(context)) if (value instanceof Error) return value.message;
  return undefined;
}
