import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { type CliContext } from '../context.ts';
import { LINE_WIDTH } from '../layout.ts';

export interface BuildProgress extends Disposable {
  /** One line of build output. */
  show(line: string): void;
}

const STEP = /^Step \d+\/\d+ /;

/**
 * Shows on standard error how a build goes on: at a terminal one line that changes, else a line for each of
 * Docker's steps.
 */
export function createBuildProgress({ isTty, stderr }: CliContext): BuildProgress {
  if (!isTty) {
    return {
      show: (line) => (STEP.test(line) ? stderr(`${fitted(line)}\n`) : undefined),
      [Symbol.dispose]: () => undefined,
    };
  }
  let step = '';
  return {
    show(line) {
      const [found = ''] = STEP.exec(line) ?? [];
      step = found || step;
      // Carriage return, then "erase to the end of the line" (ECMA-48 EL).
      stderr(`\r\u001b[K${fitted(found === '' ? `${step}${line}` : line)}`);
    },
    [Symbol.dispose]: () => stderr('\r\u001b[K'),
  };
}

function fitted(line: string): string {
  return fitToWidth(terminalText(line), LINE_WIDTH - 1);
}
