import { readMeaning } from './meaning.ts';
import type { Visible } from './visible.ts';

/** Something that people saw a second time. */
export interface Sighting {
  /** What they saw: a token, a slot, a notice. */
  readonly what: string;
  readonly life: number;
}

/** Finds what becomes visible twice as soon as it does, while the host is still being killed. */
export function createTwiceWatch() {
  const seen = new Set<string>();
  return (fresh: readonly Visible[], life: number): Sighting[] =>
    fresh.flatMap(namesOf).flatMap((what) => {
      if (seen.has(what)) return [{ what, life }];
      seen.add(what);
      return [];
    });
}

/** Whatever may be visible once. */
function namesOf(message: Visible): string[] {
  const meaning = readMeaning(message);
  switch (meaning.kind) {
    case 'answer':
      return [...meaning.tokens];
    case 'more':
      return [`${meaning.runId} ${/\(\d+\/\d+\)$/.exec(message.text)?.[0] ?? ''}`];
    case 'request':
      return [meaning.token];
    case 'slot':
      return [`${meaning.token} of ${meaning.planned}`];
    case 'failure':
      return [`notice about ${meaning.quotedId}`];
    case 'slot_failed':
      return [`failure of ${meaning.token} of ${meaning.planned}`];
    case 'slots_left_out':
      return [`${message.chat}: ${message.text}`];
    // Each wait has its own.
    case 'queue':
    case 'unexplained':
      return [];
    default:
      return meaning satisfies never;
  }
}
