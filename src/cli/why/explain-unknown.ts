import { formatLocal } from '../../core/schedule/local-time.ts';
import type { StoryAround } from '../../core/story/facts.ts';
import { terminalText } from '../../core/terminal-text.ts';
import type { SearchedThrough } from '../../db/story-search.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';

export interface Unknown {
  readonly wanted: string;
  readonly searched: SearchedThrough;
  readonly around: StoryAround;
  readonly zone: string;
  /** When the link to WhatsApp was last known to be open, unix milliseconds. */
  readonly openAt: number | undefined;
  /** Only one chat was looked at. */
  readonly isOneChat: boolean;
}

/** What was looked at for an id that is not there, and what could be the reason. */
export function explainUnknown(unknown: Unknown): string {
  const { wanted, searched, around, isOneChat } = unknown;
  if (searched.isInJournal) {
    return around.isHostRunning
      ? 'The message has come in and is being stored at this moment; ask again.'
      : 'The message has come in and is stored when the host runs again: `deckhand start`.';
  }
  const reasons = [
    'its chat is not registered: nothing is kept of what is said there',
    around.isHostRunning
      ? 'it was sent while the host was down or not connected, and has not come in yet'
      : `the host is not running${lastOpen(unknown)}: it comes in after \`deckhand start\``,
    'its author deleted it before it came in, or it could not be decrypted (`deckhand logs` says so)',
    ...(isOneChat ? ['it was said in another chat: leave --group out'] : []),
  ];
  return [
    ...wrapText(`Nothing is known of "${terminalText(wanted)}". ${lookedAt(unknown)}`, LINE_WIDTH),
    'It may be that',
    ...reasons.flatMap(bullet),
  ].join('\n');
}

function lookedAt({ searched, zone, isOneChat }: Unknown): string {
  const { messages, sent, runs, since } = searched;
  const from = since === null ? '' : ` since ${formatLocal(since, zone)} (${zone})`;
  const where = isOneChat ? 'of this chat' : 'of all registered groups';
  return (
    `Looked at the ids of ${count(messages, 'message')}${from}, ${count(sent, 'message')} of ours and ` +
    `${count(runs, 'run')} ${where}.`
  );
}

function lastOpen({ openAt, zone }: Unknown): string {
  return openAt === undefined ? '' : ` and was last connected ${formatLocal(openAt, zone)}`;
}

function bullet(text: string): string[] {
  return wrapText(text, LINE_WIDTH - 2).map((line, index) => `${index === 0 ? '-' : ' '} ${line}`);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
