import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** pino's numbers. */
const LEVELS: ReadonlyMap<string, number> = new Map([
  ['trace', 10],
  ['debug', 20],
  ['info', 30],
  ['warn', 40],
  ['error', 50],
  ['fatal', 60],
]);

export const LEVEL_NAMES = [...LEVELS.keys()];

/** The name of a line's level; a number between two has that of the lower one. */
export function levelName(level: number): string {
  return LEVEL_NAMES.findLast((name) => levelNumber(name) <= level) ?? 'trace';
}

export function levelNumber(name: string): number {
  const number = LEVELS.get(name);
  if (number !== undefined) return number;
  throw new CliError(EXIT.usage, `--level is one of ${LEVEL_NAMES.join(', ')}.`);
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `10m` before now, or a time such as `2026-12-01T12:00`, as unix milliseconds. */
export function readSince(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (count !== undefined && unitMs !== undefined) return now - Number(count) * unitMs;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CliError(
    EXIT.usage,
    '--since is a length such as 30s, 10m, 2h or 3d, or a time such as 2026-12-01T12:00Z.',
  );
}
