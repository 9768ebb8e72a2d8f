import { describeEgress } from '../../core/describe-egress.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import { displayWidth, terminalText } from '../../core/terminal-text.ts';
import { LINE_WIDTH } from '../layout.ts';

/** What is left of a line beside the indent of a group's lines. */
const WIDTH = LINE_WIDTH - 2;

/** Lines for what a registration says of people, limits and what its agent reaches; none for what is as by default. */
export function describeAccess(group: RegisteredGroup): string[] {
  return [
    ...describeSenders(group),
    ...describeAdmins(group),
    ...describeBudget(group),
    ...describeRates(group),
    ...describeReceipts(group),
    ...describeReach(group),
  ];
}

function describeSenders({ senders }: RegisteredGroup): string[] {
  if (senders?.allow === undefined) return [];
  const others =
    senders.mode === 'drop' ? 'nothing is kept of others' : 'what others say is context alone';
  const people = inLines(
    'may be asked by',
    senders.allow.length === 0 ? ['nobody'] : senders.allow,
  );
  return [...people, others];
}

function describeAdmins({ admins = [] }: RegisteredGroup): string[] {
  if (admins.length === 0) return [];
  return inLines(admins.length === 1 ? 'admin' : 'admins', admins);
}

/** All of them, however many lines that takes: who is missing here would seem to be missing on the list. */
function inLines(lead: string, people: readonly string[]): string[] {
  let line = lead;
  const lines: string[] = [];
  for (const [index, person] of people.entries()) {
    const word = terminalText(person) + (index === people.length - 1 ? '' : ',');
    if (displayWidth(`${line} ${word}`) <= WIDTH) line += ` ${word}`;
    else {
      lines.push(line);
      line = `  ${word}`;
    }
  }
  return [...lines, line];
}

function describeBudget({ budget }: RegisteredGroup): string[] {
  if (budget === undefined) return [];
  const { runsPerDay, tokensPerDay } = budget;
  if (runsPerDay === 0 || tokensPerDay === 0) return ['paused by a budget of 0'];
  const limits = [
    ...(runsPerDay === undefined ? [] : [count(runsPerDay, 'run')]),
    ...(tokensPerDay === undefined ? [] : [count(tokensPerDay, 'token')]),
  ];
  return limits.length === 0 ? [] : [`at most ${limits.join(' and ')} a day`];
}

function describeRates({ limits }: RegisteredGroup): string[] {
  const whose = [
    ['by each person', limits?.sender],
    ['by all together', limits?.group],
  ] as const;
  const rates = whose.flatMap(([people, rate]) =>
    rate === undefined
      ? []
      : [`${rate === 'off' ? 'without a limit' : `at most ${rate}`} ${people}`],
  );
  return rates.length === 0 ? [] : [`may be asked ${rates.join(', ')}`];
}

function count(amount: number, noun: string): string {
  return `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
}

function describeReach({ egress }: RegisteredGroup): string[] {
  if (egress?.policy === 'allowlist' && egress.hosts !== undefined) {
    return inLines('reaches its model and', egress.hosts);
  }
  const reach = describeEgress(egress);
  return reach === undefined ? [] : [`reaches ${reach}`];
}

function describeReceipts({ receipts }: RegisteredGroup): string[] {
  if (receipts === undefined) return [];
  return [receipts ? 'shows receipts' : 'shows no receipts'];
}
