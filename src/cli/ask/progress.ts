import type { RunEvent } from '@deckhand/protocol';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { CliContext } from '../context.ts';
import { LINE_WIDTH } from '../layout.ts';

/** One line for who watches a run; undefined for what the answer itself shows, or its end. */
export function describeProgress(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'started':
      return line(`asking ${event.provider}`, event.model);
    case 'progress':
      return event.kind === 'text' ? undefined : line(event.kind, event.detail);
    case 'session':
    case 'delta':
    case 'result':
    case 'failed':
      return undefined;
    default:
      return event satisfies never;
  }
}

function line(what: string, detail: string | undefined): string {
  const text = detail === undefined ? what : `${what}: ${terminalText(detail)}`;
  return `${fitToWidth(`· ${text}`, LINE_WIDTH)}\n`;
}

/** A line beside the answer. */
export function say(context: Pick<CliContext, 'stderr'>, text: string): void {
  context.stderr(`· ${terminalText(text)}\n`);
}
