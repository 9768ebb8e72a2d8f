import { join } from 'node:path';
import type { Restored } from '../../backup/restore-backup.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';

export function renderRestored(restored: Restored, home: string): string {
  const { header, fileCount, asides } = restored;
  const time = new Date(header.createdAt).toISOString().slice(0, 16).replace('T', ' ');
  const head =
    `Restored ${fileCount} ${fileCount === 1 ? 'file' : 'files'} of ${time} UTC, written by Deckhand ` +
    `${terminalText(header.deckhand)}.`;
  const rest = [
    ...describeSettled(restored),
    ...describeSecrets(restored),
    'Look it over with `deckhand doctor`, then start the host.',
  ];
  const paragraphs = [wrap(head), ...describeAsides(asides, home), ...rest.map(wrap)];
  return `${paragraphs.join('\n\n')}\n`;
}

function wrap(text: string): string {
  return wrapText(text, LINE_WIDTH).join('\n');
}

/** Paths stay whole, however long they are: they are to be copied. */
function describeAsides(asides: readonly string[], home: string): string[] {
  if (asides.length === 0) return [];
  const names = asides.map((name) => `  ${join(home, name)}`);
  return [
    ['The former state lies in', ...names, 'Remove it when you do not need it any more.'].join(
      '\n',
    ),
  ];
}

function describeSettled({ settled: { questions, answers, slots } }: Restored): string[] {
  if (questions + answers + slots === 0) return [];
  const parts = [
    count(questions, 'question', 'questions'),
    count(answers, 'unsent message', 'unsent messages'),
    count(slots, 'run of a task', 'runs of tasks'),
  ];
  return [
    `Not done, because it may have been done since the backup: ${parts.filter((part) => part !== '').join(', ')}. ` +
      'Who still waits has to ask again.',
  ];
}

function count(number: number, one: string, many: string): string {
  if (number === 0) return '';
  return `${number} ${number === 1 ? one : many}`;
}

function describeSecrets({ secrets: { link, credentials } }: Restored): string[] {
  const notes: string[] = [];
  if (link === 'archive') {
    notes.push(
      'The link to WhatsApp is that of the backup. If it was in use since, messages of some chats cannot be read at ' +
        'first; if it is in use elsewhere, stop that host now.',
    );
  }
  if (link === 'none') notes.push('It is not linked to WhatsApp: run `deckhand link`.');
  if (credentials === 'archive') {
    notes.push('A ChatGPT sign-in of the backup may have been used since: if so, sign in again.');
  }
  if (credentials === 'none') {
    notes.push('No credentials are stored: `deckhand login` stores them, unless .env has them.');
  }
  return notes;
}
