import { formatLocal } from '../../core/schedule/local-time.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import type { ImportReport } from './import-nanoclaw.ts';

type ReportedGroup = ImportReport['groups'][number];

/** The report for a person. */
export function renderImport(report: ImportReport): string {
  const { groups, skipped, problems, isDryRun } = report;
  const verb = isDryRun ? 'would be taken over' : 'taken over';
  const taken = groups.filter(({ outcome }) => outcome.status !== 'failed').length;
  const sections = [
    groups.flatMap(renderGroup),
    skipped.map(({ name, reason }) => `Skipped: ${name}: ${reason}`),
    problems.map((problem) => `Could not be read: ${problem}`),
    renderRest(report),
    [`${count(taken, 'group', 'groups')} ${verb}. ${isDryRun ? 'Nothing was changed.' : NEXT}`],
  ];
  const lines = sections.flat().flatMap((line) => wrap(line));
  return `${lines.join('\n')}\n`;
}

const NEXT = 'Run `deckhand link` if this installation is not linked yet, then `deckhand start`.';

function renderGroup(group: ReportedGroup): string[] {
  const { name, folder, outcome, tasks, files, bytes, notes } = group;
  const failed =
    outcome.status === 'failed' ? [`  FAILED, nothing is left: ${outcome.reason}`] : [];
  const memory = group.hasMemory ? 'with CLAUDE.md' : 'without CLAUDE.md';
  return [
    `${name} → groups/${folder}`,
    ...failed,
    `  ${describeTrigger(group)}`,
    `  ${count(files, 'file', 'files')}, ${Math.ceil(bytes / 1024)} KB, ${memory}`,
    ...tasks.map((task) => `  task ${describeTask(task)}`),
    ...(group.hasConversation ? ['  the conversation with Claude goes on'] : []),
    ...notes.map((note) => `  note: ${note}`),
  ];
}

function describeTrigger({ isMain, trigger, requiresTrigger }: ReportedGroup): string {
  const role = isMain ? 'main group' : 'group';
  const word = trigger === null ? "the assistant's name" : trigger;
  return requiresTrigger ? `${role}, answers to ${word}` : `${role}, answers every message`;
}

function describeTask({ schedule, timeZone, isPaused, nextRunAt }: ReportedGroup['tasks'][number]) {
  const when = isPaused ? 'paused' : `next ${formatLocal(nextRunAt, timeZone)}`;
  return `${schedule} (${timeZone}), ${when}`;
}

function renderRest({ globalMemory, environment: { added, kept, available } }: ImportReport) {
  const names = (list: readonly string[]) => list.join(', ');
  return [
    ...describeMemory(globalMemory),
    ...(added.length === 0 ? [] : [`Settings for .env: ${names(added)}`]),
    ...(kept.length === 0 ? [] : [`Settings that .env has already, and keeps: ${names(kept)}`]),
    ...(available.length === 0
      ? []
      : [`Settings not taken: ${names(available)}. Add --with-env to take them.`]),
    'Not taken: the link to WhatsApp, because two programs with the same keys break each other; and the messages.',
  ];
}

function describeMemory(memory: ImportReport['globalMemory']): string[] {
  switch (memory.status) {
    case 'take':
      return ['Memory of all groups: groups/CLAUDE.md'];
    case 'left':
      return [`Memory of all groups: ${memory.note}`];
    case 'none':
    case 'same':
      return [];
    default:
      return memory satisfies never;
  }
}

function count(value: number, one: string, many: string): string {
  return `${value} ${value === 1 ? one : many}`;
}

/** Lines after the first are set in by two more columns. */
function wrap(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const [first = '', ...rest] = wrapText(
    terminalText(line.trimStart()),
    LINE_WIDTH - indent.length - 2,
  );
  return [indent + first, ...rest.map((text) => `${indent}  ${text}`)];
}
