import type { MessageDecision } from '../../core/decision.ts';
import { clockText } from '../../core/schedule/clock-text.ts';
import type { MessageFacts } from '../../core/story/facts.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { KnownGroups } from '../known-groups.ts';
import { alignRows, LINE_WIDTH } from '../layout.ts';
import type { ListedMessage } from './list.ts';

/** Room for a month, a day and a time. */
const COLUMN_WIDTH = 14;

/** A line per message: when it came in, group, state, id. */
export function renderMessages(messages: readonly ListedMessage[], known: KnownGroups): string {
  if (messages.length === 0) {
    return (
      'No message has come in yet. Only what is said in registered groups is kept:\n' +
      '`deckhand groups list` shows them.\n'
    );
  }
  const rows = messages.map((message) => [
    shortTime(message.receivedAt, known.timeZone),
    terminalText(known.labelOf(message.chatJid)),
    wordFor(message),
    terminalText(message.id),
  ]);
  const lines = alignRows(rows, COLUMN_WIDTH).flatMap((line, index) => [
    line,
    ...textLine(messages[index]?.text),
  ]);
  return (
    `The last messages, times in ${known.timeZone}:\n${lines.join('\n')}\n` +
    '`deckhand why <id>` tells the story of one of them.\n'
  );
}

function textLine(text: string | undefined): string[] {
  return text === undefined ? [] : [fitToWidth(`  | ${terminalText(text)}`, LINE_WIDTH)];
}

function shortTime(at: number, zone: string): string {
  const { day, time } = clockText(at, zone);
  return `${day.slice(-5)} ${time}`;
}

function wordFor({ isTrigger, state, decision }: MessageFacts): string {
  if (!isTrigger) return decision === null ? 'did not ask' : UNASKED[decision];
  return ASKED[state];
}

const UNASKED: Readonly<Record<MessageDecision, string>> = {
  name: 'did not ask',
  mention: 'did not ask',
  reply: 'did not ask',
  always: 'did not ask',
  not_addressed: 'not addressed',
  empty: 'no text',
  not_allowed: 'not allowed',
  rate_limited: 'too often',
  dropped: 'dropped',
  stale: 'too late',
  command: 'command',
};

const ASKED: Readonly<Record<MessageFacts['state'], string>> = {
  context: 'did not ask',
  pending: 'waiting',
  claimed: 'working',
  answered: 'answered',
  consumed: 'done',
  failed: 'failed',
};
