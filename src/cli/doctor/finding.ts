/** One thing that doctor looked at. */
export interface Finding {
  /** What was looked at, one word. */
  readonly check: string;
  /** `warning`: it works, or will by itself; `problem`: something does not work until it is mended. */
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found. May hold text from outside, unescaped. */
  readonly detail: string;
  /** What to do; a line that starts with `$ ` is a command. Absent when all is well. */
  readonly mend?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail };
}

export function warning(check: string, detail: string, mend: string): Finding {
  return { check, status: 'warning', detail, mend };
}

export function problem(check: string, detail: string, mend: string): Finding {
  return { check, status: 'problem', detail, mend };
}
