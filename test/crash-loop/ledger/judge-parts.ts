import { readMeaning } from './meaning.ts';
import type { Visible } from './visible.ts';

export interface JudgedPart {
  readonly runId: string;
  /** Counts from 1. */
  readonly part: number;
  readonly verdict: 'lost' | 'duplicated';
}

const NUMBER = /\((?<part>\d+)\/(?<count>\d+)\)$/;

/** Every part of a long answer of which one is visible, that is not visible exactly once. */
export function judgeParts(visible: readonly Visible[]): JudgedPart[] {
  const shown = new Map<string, Map<number, number>>();
  const counts = new Map<string, number>();
  for (const message of visible) {
    const meaning = readMeaning(message);
    if (meaning.kind !== 'answer' && meaning.kind !== 'more') continue;
    const { part, count } = NUMBER.exec(message.text)?.groups ?? {};
    if (part === undefined || count === undefined) continue;
    const parts = shown.get(meaning.runId) ?? new Map<number, number>();
    parts.set(Number(part), (parts.get(Number(part)) ?? 0) + 1);
    shown.set(meaning.runId, parts);
    counts.set(meaning.runId, Number(count));
  }
  return [...shown].flatMap(([runId, parts]) =>
    Array.from({ length: counts.get(runId) ?? 0 }, (_, index) => index + 1).flatMap((part) => {
      const times = parts.get(part) ?? 0;
      if (times === 1) return [];
      return [{ runId, part, verdict: times === 0 ? ('lost' as const) : ('duplicated' as const) }];
    }),
  );
}
