import type { FindingId } from './finding-ids.ts';

/** What `--fix` can do about a finding: safe, and nothing that cannot be had again. */
export interface Fix {
  /** Completes "May I …?"; set for what removes something, which is done only after a yes. */
  readonly removes?: string;
  /** Says what it did, in the past tense. Rejects when it did not work. */
  readonly apply: (signal: AbortSignal) => Promise<string>;
}

/** One thing that doctor looked at. */
export interface Finding {
  /** `<check>.ok` when all is well. */
  readonly id: FindingId | `${string}.ok`;
  /** What was looked at, one word. */
  readonly check: string;
  /** `warning`: it works, or will by itself; `problem`: something does not work until it is mended. */
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found. May hold text from outside, unescaped. */
  readonly detail: string;
  /** What to do; a line that starts with `$ ` is a command. Absent when all is well. */
  readonly mend?: string;
  readonly fix?: Fix;
  /** What `--fix` has done about it. */
  readonly fixed?: string;
}

export function ok(check: string, detail: string): Finding {
  return { id: `${check}.ok`, check, status: 'ok', detail };
}

export function warning(id: FindingId, detail: string, mend: string, fix?: Fix): Finding {
  return { id, check: checkOf(id), status: 'warning', detail, mend, ...(fix && { fix }) };
}

export function problem(id: FindingId, detail: string, mend: string, fix?: Fix): Finding {
  return { ...warning(id, detail, mend, fix), status: 'problem' };
}

function checkOf(id: FindingId): string {
  return id.slice(0, id.indexOf('.'));
}
