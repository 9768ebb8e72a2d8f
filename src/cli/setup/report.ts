import { styleText } from 'node:util';
import { terminalText } from '../../core/terminal-text.ts';
import { type CliContext, hasColours } from '../context.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import { STEP_NAMES, type StepName } from './step.ts';

/**
 * What `--json` prints, one a line. A step comes as `step` once at its beginning and once at its end; `qr` and
 * `code` are what a person needs to link a phone.
 */
export type SetupEvent =
  | { event: 'step'; step: StepName; status: 'started' }
  | {
      event: 'step';
      step: StepName;
      /** `ready`: it was done already; `left_out`: by an option or an answer. */
      status: 'ready' | 'done' | 'left_out' | 'failed';
      /** A sentence for people; may hold text from outside, unescaped. */
      detail: string;
    }
  | { event: 'qr'; text: string }
  | { event: 'code'; code: string }
  | { event: 'end'; next: readonly string[] };

export interface Reporter {
  event(event: SetupEvent): void;
  /** Text for a person, wrapped at 80 columns; a line that starts with `$ ` is a command. */
  say(text: string): void;
  /** As it is, line breaks included. */
  show(text: string): void;
}

const MARKS = { ready: 'ok', done: 'done', left_out: 'left out', failed: 'failed' } as const;
const COLOURS = { ready: 'green', done: 'green', left_out: 'yellow', failed: 'red' } as const;
const INDENT = '      ';

/** With `isJson` events go to standard output and what is for people to standard error. */
export function createReporter(context: CliContext, isJson: boolean): Reporter {
  const write = isJson ? context.stderr : context.stdout;
  const say = (text: string) => write(`${wrapped(text, LINE_WIDTH)}\n`);
  return {
    say,
    show: write,
    event(event) {
      if (isJson) context.stdout(`${JSON.stringify(event)}\n`);
      else if (event.event === 'step') showStep(event, write, hasColours(context));
    },
  };
}

function showStep(
  event: Extract<SetupEvent, { event: 'step' }>,
  write: (text: string) => void,
  isColoured: boolean,
): void {
  if (event.status === 'started') return;
  const { status, step, detail } = event;
  const mark = isColoured
    ? styleText(COLOURS[status], MARKS[status], { validateStream: false })
    : MARKS[status];
  const number = `${STEP_NAMES.indexOf(step) + 1}/${STEP_NAMES.length}`.padStart(5);
  const text = wrapped(detail, LINE_WIDTH - INDENT.length).replaceAll('\n', `\n${INDENT}`);
  write(`${number} ${step}: ${mark}\n${INDENT}${text}\n`);
}

function wrapped(text: string, width: number): string {
  return wrapText(text.split('\n').map(terminalText).join('\n'), width).join('\n');
}
