import type { RegisteredGroup } from '../../core/group.ts';
import { terminalText } from '../../core/terminal-text.ts';

/** One line for each thing that a registration says of people and limits; none for what is as by default. */
export function describeAccess(group: RegisteredGroup): string[] {
  return [
    ...describeSenders(group),
    ...describeAdmins(group),
    ...describeBudget(group),
    ...describeReceipts(group),
  ];
}

function describeSenders({ senders }: RegisteredGroup): string[] {
  if (senders?.allow === undefined) return [];
  const others =
    senders.mode === 'drop' ? 'nothing is kept of others' : 'what others say is context alone';
  const people = senders.allow.length === 0 ? 'nobody' : senders.allow.map(terminalText).join(', ');
  return [`may be asked by ${people}`, others];
}

function describeAdmins({ admins = [] }: RegisteredGroup): string[] {
  if (admins.length === 0) return [];
  return [`${admins.length === 1 ? 'admin' : 'admins'} ${admins.map(terminalText).join(', ')}`];
}

function describeBudget({ budget }: RegisteredGroup): string[] {
  if (budget === undefined) return [];
  const { runsPerDay, tokensPerDay } = budget;
  if (runsPerDay === 0 || tokensPerDay === 0) return ['paused by a budget of 0'];
  const limits = [
    ...(runsPerDay === undefined ? [] : [`${count(runsPerDay)} run${runsPerDay === 1 ? '' : 's'}`]),
    ...(tokensPerDay === undefined ? [] : [`${count(tokensPerDay)} tokens`]),
  ];
  return limits.length === 0 ? [] : [`at most ${limits.join(' and ')} a day`];
}

function count(amount: number): string {
  return amount.toLocaleString('en-US');
}

function describeReceipts({ receipts }: RegisteredGroup): string[] {
  if (receipts === undefined) return [];
  return [receipts ? 'shows receipts' : 'shows no receipts'];
}
