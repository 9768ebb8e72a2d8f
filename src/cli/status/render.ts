import type { CoolingModel } from '../../core/fallback.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { alignRows, LINE_WIDTH, wrapText } from '../layout.ts';
import type { Link } from '../linked-account.ts';
import type { GroupStatus, Status } from './read.ts';

const LABEL_WIDTH = 12;

/** The status as plain text in lines of at most 80 columns. `now` in unix milliseconds, `timeZone` of the reader. */
export function renderStatus(status: Status, now: number, timeZone: string): string {
  const { runs, outbox, last24Hours } = status;
  const facts = [
    ['Host', status.host.isRunning ? 'running' : 'not running; `deckhand start` starts it'],
    ['WhatsApp', describeLink(status.link)],
    ['Runs', `${runs.running} running, ${runs.waiting} waiting`],
    ['Last 24 h', `${last24Hours.answered} answered, ${last24Hours.failed} failed`],
    ['Outbox', `${outbox.pending} waiting to be sent`],
    ['Containers', describeContainers(status)],
  ];
  const lines = alignRows(facts);
  const groups = alignRows(
    status.groups.map((group) => describeGroup(group, now)),
    24,
  );
  lines.push('Groups'.padEnd(12) + (groups.length === 0 ? 'none' : groups.length));
  lines.push(...groups.map((line) => fitToWidth(`  ${line}`, LINE_WIDTH)));
  if (status.linkEnd !== null) lines.push(...describeLinkEnd(status.linkEnd, timeZone));
  for (const model of status.cooling) lines.push(...describeCooling(model, timeZone));
  for (const { profile, reason, mend } of status.credentials) {
    lines.push(...wrapUnder('Problem', `${profile}: ${reason}; ${mend}`));
  }
  for (const problem of status.problems) lines.push(...wrapUnder('Problem', problem));
  return `${lines.join('\n')}\n`;
}

function describeLink(link: Link): string {
  switch (link.status) {
    case 'linked': {
      const name = link.name === undefined ? '' : ` ("${terminalText(link.name)}")`;
      return `linked as +${terminalText(link.jid.replace(/@.*$/s, ''))}${name}`;
    }
    case 'unlinked':
      return 'not linked; `deckhand link` links it';
    case 'damaged':
      return 'the stored link cannot be read; see `deckhand doctor`';
    default:
      return link satisfies never;
  }
}

function describeLinkEnd(
  { at, reason, mend }: NonNullable<Status['linkEnd']>,
  timeZone: string,
): string[] {
  const text = `the link to WhatsApp ended ${formatLocal(at, timeZone)}: ${reason}. ${mend}`;
  return wrapUnder('Problem', text);
}

function describeContainers({ containers }: Status): string {
  if (containers === null) return 'unknown: Docker does not answer';
  if (containers.length === 0) return 'none';
  return containers
    .map(({ folder, state }) => `${terminalText(folder)} (${terminalText(state)})`)
    .join(', ');
}

function describeGroup(group: GroupStatus, now: number): string[] {
  return [
    group.folder,
    group.provider,
    describeWork(group, now),
    `${group.isMain ? 'main ' : ''}"${terminalText(group.name)}"`,
  ];
}

function describeWork({ run, isWaiting }: GroupStatus, now: number): string {
  if (run === null) return isWaiting ? 'waiting' : 'idle';
  const seconds = Math.max(0, Math.round((now - run.createdAt) / 1000));
  const since = seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
  return `running ${since}${isWaiting ? ', more waiting' : ''}`;
}

function describeCooling(
  { name, class: failure, until }: CoolingModel,
  timeZone: string,
): string[] {
  const why = failure === 'quota' ? 'usage limit reached' : 'not supported';
  return wrapUnder('Cooling', `${name}: ${why}, not asked before ${formatLocal(until, timeZone)}`);
}

/** Text below a label of the first column, over as many lines as it needs. */
function wrapUnder(label: string, text: string): string[] {
  const safe = text.split('\n').map(terminalText).join('\n');
  return wrapText(safe, LINE_WIDTH - LABEL_WIDTH).map(
    (line, index) => (index === 0 ? label : '').padEnd(LABEL_WIDTH) + line,
  );
}
