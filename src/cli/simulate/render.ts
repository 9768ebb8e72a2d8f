import { isAsking, type MessageDecision } from '../../core/decision.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import type { DateOrder } from '../../simulate/date-order.ts';
import type { SimulationEvent } from '../../simulate/simulate.ts';
import { LINE_WIDTH } from '../layout.ts';
import type { DecisionCount, SimulatedRun, SimulationReport } from './report.ts';

const WORDS: Readonly<Record<MessageDecision, string>> = {
  name: 'called by name',
  mention: 'mentioned',
  reply: 'a reply to the assistant',
  always: 'no trigger needed here',
  not_addressed: 'not addressed to the assistant',
  empty: 'without text',
  not_allowed: 'the sender may not ask here',
  rate_limited: 'more than may be asked',
  dropped: 'the sender is dropped here',
  stale: 'too old',
  command: 'for the host itself',
};

const ORDER_WORDS: Readonly<Record<DateOrder, string>> = {
  dmy: 'day, month, year',
  mdy: 'month, day, year',
  ymd: 'year, month, day',
};

type MessageEvent = Extract<SimulationEvent, { type: 'message' }>;

/** One line for a message. */
export function renderMessage({ line, sender, text, decision }: MessageEvent): string {
  const said = terminalText(text.replaceAll('\n', ' '));
  return fit(`  line ${line}  ${terminalText(sender)} (${WORDS[decision]}): ${said}`);
}

/** A run with the messages that it answers. */
export function renderRun(run: SimulatedRun, timeZone: string): string {
  const when = formatLocal(run.at, timeZone);
  const head = fit(
    run.isRefused
      ? `not run  ${when}  the budget of the day is used up`
      : `run ${run.number}  ${when}  prompt of ${count(run.promptChars)} characters`,
  );
  return head + run.asked.map(renderMessage).join('');
}

export function renderSummary(
  report: SimulationReport,
  { group, order, timeZone }: { group: RegisteredGroup; order: DateOrder; timeZone: string },
): string {
  const { messages, answered, runs, promptChars, passed, bad } = report;
  const counts = [...report.decisions.values()].toSorted((a, b) => b.count - a.count);
  const unasked = counts.filter(({ decision }) => !isAsking(decision));
  const span =
    report.firstAt === undefined || report.lastAt === undefined
      ? ''
      : `, ${formatLocal(report.firstAt, timeZone)} to ${formatLocal(report.lastAt, timeZone)}`;
  const asks = counts.filter(({ decision }) => isAsking(decision));
  return [
    `${runs === 0 ? '' : '\n'}${terminalText(group.name)}: ${many(messages, 'message')}${span}`,
    `Dates are read as ${ORDER_WORDS[order]}, times in ${timeZone}.`,
    `Answered: ${count(answered)}, in ${many(runs, 'run')} with prompts of ${many(promptChars, 'character')}`,
    ...asks.map(renderCount),
    `Not answered: ${count(messages - answered)}`,
    ...(report.refused === 0 ? [] : [`  the budget was used up: ${count(report.refused)}`]),
    ...unasked.map(renderCount),
    `Not messages of anybody: ${count(passed.system)} of WhatsApp itself, ${count(passed.deleted)} deleted`,
    ...(passed.own === 0 ? [] : [`The assistant's own answers: ${count(passed.own)}`]),
    ...(bad.count === 0 ? [] : [`Lines that could not be read: ${count(bad.count)}`]),
    ...bad.first.map(({ line, reason, text }) => `  line ${line} ${reason}: ${terminalText(text)}`),
  ]
    .map(fit)
    .join('');
}

function renderCount({ decision, count: times, lines }: DecisionCount): string {
  const more = times > lines.length ? ', …' : '';
  return `  ${WORDS[decision]}: ${count(times)} (${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more})`;
}

function fit(line: string): string {
  const start = line.startsWith('\n') ? '\n' : '';
  return `${start}${fitToWidth(line.slice(start.length), LINE_WIDTH)}\n`;
}

function many(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
