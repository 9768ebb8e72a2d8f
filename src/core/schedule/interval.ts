const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MIN_INTERVAL_MS = 60_000;
const MAX_INTERVAL_MS = 366 * 86_400_000;

export type IntervalCheck = { ok: true; everyMs: number } | { ok: false; error: string };

/**
 * Reads an interval: milliseconds as NanoClaw v1 writes them (`3600000`), or `90s`, `30m`, `2h`, `7d`. Fractions of a
 * second are dropped, because every slot is a whole second.
 */
export function checkInterval(text: string): IntervalCheck {
  const [, digits, unit] = /^\s*(\d{1,15})\s*(s|m|h|d|ms)?\s*$/.exec(text) ?? [];
  if (digits === undefined) {
    return {
      ok: false,
      error:
        'An interval is a number of milliseconds, or a number with s, m, h or d. Example: "30m".',
    };
  }
  const askedMs = Number(digits) * (UNIT_MS[unit ?? ''] ?? 1);
  const everyMs = askedMs - (askedMs % 1_000);
  if (everyMs < MIN_INTERVAL_MS) {
    return { ok: false, error: 'An interval is at least one minute (60000 milliseconds).' };
  }
  if (everyMs > MAX_INTERVAL_MS) return { ok: false, error: 'An interval is at most 366 days.' };
  return { ok: true, everyMs };
}

/** The first slot after an instant: a whole number of intervals, one at least, after the anchor. */
export function nextIntervalSlot(everyMs: number, anchorAt: number, after: number): number {
  const steps = Math.max(1, Math.floor((after - anchorAt) / everyMs) + 1);
  return anchorAt + steps * everyMs;
}
