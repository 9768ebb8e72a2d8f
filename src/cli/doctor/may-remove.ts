import { terminalText } from '../../core/terminal-text.ts';
import type { CliContext } from '../context.ts';
import { createLineReader } from '../login/read-lines.ts';
import type { FixDeps } from './fix.ts';

/** Asks a person before anything is removed. Without one the answer is no, unless it was given with `--yes`. */
export function createMayRemove(context: CliContext, hasSaidYes: boolean): FixDeps['mayRemove'] {
  return async (what, signal) => {
    if (hasSaidYes) return true;
    if (!context.isStdinTty) {
      context.stderr(`Not done without --yes: ${terminalText(what)}.\n`);
      return false;
    }
    using lines = createLineReader(context.stdin);
    context.stderr(`May I ${terminalText(what)}? [y/N] `);
    const answer = await lines.next(signal);
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  };
}
