/** The steps in their order; `--skip` and `--force-step` take these names. */
export const STEP_NAMES = [
  'machine',
  'docker',
  'folders',
  'image',
  'provider',
  'link',
  'main',
  'group',
  'test',
  'service',
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** How a step ended, with a sentence or a part of one that says what there is now, or why it was left out. */
export interface StepEnd {
  readonly status: 'done' | 'left_out';
  readonly detail: string;
}

/**
 * One step on the way to an answered message. What is done is read from the world each time, never from a
 * note of an earlier run: so a setup that was stopped anywhere goes on where it was.
 */
export interface SetupStep {
  readonly name: StepName;
  /** What the step is about, shown before it. */
  readonly title: string;
  /** Options that answer what it asks; empty when it asks nothing. */
  readonly flags: readonly string[];
  /** What there is already; undefined when there is something to do. */
  findDone(): Promise<string | undefined>;
  /**
   * Does it. Rejects with a CliError when a person has to do something first; it may be called again then.
   */
  run(): Promise<StepEnd>;
}

export function done(detail: string): StepEnd {
  return { status: 'done', detail };
}

export function leftOut(detail: string): StepEnd {
  return { status: 'left_out', detail };
}
