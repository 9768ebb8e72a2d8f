const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * A length of time for people, in two units at most: `340 ms`, `1.2 s`, `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
 * Negative when a clock was set back or another machine's clock is ahead: `-1.2 s`.
 */
export function formatDuration(durationMs: number): string {
  if (durationMs < 0) return `-${formatDuration(-durationMs)}`;
  const ms = Math.round(durationMs);
  if (ms < SECOND_MS) return `${ms} ms`;
  if (ms < 9_950) return `${(ms / SECOND_MS).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const wholeMs = seconds * SECOND_MS;
  if (wholeMs < HOUR_MS) return inUnits(wholeMs, [MINUTE_MS, 'min'], [SECOND_MS, 's']);
  if (wholeMs < DAY_MS) return inUnits(wholeMs, [HOUR_MS, 'h'], [MINUTE_MS, 'min']);
  return inUnits(wholeMs, [DAY_MS, 'd'], [HOUR_MS, 'h']);
}

type Unit = readonly [lengthMs: number, name: string];

function inUnits(ms: number, [bigMs, big]: Unit, [smallMs, small]: Unit): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return `${Math.floor(ms / bigMs)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
