import { type DestinationStream, type Logger, pino } from 'pino';
import { createLogCensor } from './log-censor.ts';

export type { Logger } from 'pino';

/** Keys whose values never reach a log, at any depth the host logs. */
const SECRET_KEYS = [
  'secrets',
  'apiKey',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'creds',
  'password',
];

export interface LogOptions {
  /** Values that never reach the log, wherever they occur: what a program prints may name them. */
  readonly secrets?: readonly string[];
  /** Standard error unless given: standard output belongs to commands. */
  readonly destination?: DestinationStream;
  /** Gets every line too, as it goes to the destination. */
  readonly copy?: DestinationStream;
}

/** Writes JSON lines. */
export function createLogger(
  level: string,
  { secrets = [], destination, copy }: LogOptions = {},
): Logger {
  const paths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    {
      level,
      base: null,
      redact: { paths, censor: '[redacted]' },
      hooks: { streamWrite: createLogCensor(secrets) },
    },
    toBoth(destination ?? pino.destination({ fd: 2, sync: false }), copy),
  );
}

/** While a phone is linked Baileys tells much at info that nobody who watches has a use for. */
export function levelForLinking(level: string): string {
  return level === 'info' ? 'error' : level;
}

/** The level is the logger's: each stream takes what the logger lets through. */
function toBoth(first: DestinationStream, copy: DestinationStream | undefined): DestinationStream {
  if (copy === undefined) return first;
  const level = 'trace';
  return pino.multistream([
    { level, stream: first },
    { level, stream: copy },
  ]);
}
