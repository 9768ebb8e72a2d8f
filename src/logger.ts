import { type DestinationStream, type Logger, pino } from 'pino';

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

/** JSON lines on standard error unless a destination is given: standard output belongs to commands. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const redact = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);
  return pino(
    { level, base: null, redact: { paths: redact, censor: '[redacted]' } },
    destination ?? pino.destination({ fd: 2, sync: false }),
  );
}
