import { formatDuration } from '../../core/duration.ts';
import { clockText } from '../../core/schedule/clock-text.ts';
import { describeDenial } from '../../core/story/denial-steps.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { KnownGroups } from '../known-groups.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import type { ShownRun } from './read-run.ts';
import { describeAttempt } from './render-attempt.ts';

const LABEL_WIDTH = 11;

/** One run in lines of at most 80 columns. */
export function renderRun(shown: ShownRun, known: KnownGroups, now: number): string {
  const zone = known.zoneOf(shown.run.chatJid);
  const lines = [
    ...facts(shown, known, now).flatMap(([label, text]) => labelled(label, text)),
    ...section(
      'Attempts',
      shown.attempts.flatMap((attempt) => describeAttempt(attempt, zone)),
    ),
    ...section('Might not reach', shown.denials.map(describeDenial)),
    ...section('Questions', describeQuestions(shown, zone)),
    ...section('Sent', describeSent(shown, zone)),
    '',
    `\`deckhand why ${shown.run.id}\` tells its story.`,
  ];
  return `${lines.join('\n')}\n`;
}

function facts({ run, slot }: ShownRun, known: KnownGroups, now: number): [string, string][] {
  const zone = known.zoneOf(run.chatJid);
  const { day, time } = clockText(run.createdAt, zone);
  const took = formatDuration((run.finishedAt ?? now) - run.createdAt);
  const group = known.find(run.chatJid);
  const passed = run.passed.map(({ name, class: failure }) => `${name} (${failure})`);
  const reason = [run.reason, run.detail].filter((part) => part).join(': ');
  return [
    ['Run', run.id],
    [
      'Group',
      group === undefined ? `${run.folder}, ${run.chatJid}` : `${group.folder} ("${group.name}")`,
    ],
    ...(slot === null ? [] : [['Task', `${slot.taskId}, ${slot.state}`] as [string, string]]),
    ['State', `${run.state}${run.finishedAt === null ? ' for' : ' in'} ${took}`],
    ['Began', `${day} ${time} (${zone})`],
    ['Tokens', `${run.inputTokens} in, ${run.outputTokens} out`],
    ...(passed.length === 0 ? [] : [['Given up', passed.join(', ')] as [string, string]]),
    ...(reason === '' ? [] : [['Reason', reason] as [string, string]]),
  ];
}

function labelled(label: string, text: string): string[] {
  return wrapText(terminalText(text), LINE_WIDTH - LABEL_WIDTH).map((line, index) =>
    fitToWidth((index === 0 ? label : '').padEnd(LABEL_WIDTH) + line, LINE_WIDTH),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['', title, ...lines.map((line) => fitToWidth(`  ${terminalText(line)}`, LINE_WIDTH))];
}

function describeQuestions({ questions, contextMessages }: ShownRun, zone: string): string[] {
  const asked = questions.map(({ receivedAt, id, senderName, senderJid }) =>
    [clockText(receivedAt, zone).time, id, senderName || senderJid].join('  '),
  );
  if (contextMessages === 0) return asked;
  return [...asked, `and ${contextMessages} that it read along`];
}

function describeSent({ sent }: ShownRun, zone: string): string[] {
  return sent.map(({ createdAt, settledAt, kind, id, state, attempts, isByTool, reason }) => {
    const ended =
      settledAt === null ? state : `${state} after ${formatDuration(settledAt - createdAt)}`;
    const notes = [
      ...(attempts > 0 ? [`${attempts} not confirmed`] : []),
      ...(isByTool ? ['by a tool'] : []),
      ...(reason === null ? [] : [reason]),
    ];
    return [clockText(createdAt, zone).time, kind, id, [ended, ...notes].join(', ')].join('  ');
  });
}
