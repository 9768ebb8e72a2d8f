import { setTimeout as delay } from 'node:timers/promises';
import type { InboundMessage } from '../../src/core/message.ts';
import { roundHundredths } from '../distribution.ts';
import { type WatchFigures, watchHost } from './host-watch.ts';
import { type JudgedLoad, judgeLoad, ShownAnswers } from './judge.ts';
import {
  GROUPS,
  type GroupName,
  groupNames,
  hostEnvironment,
  type LoadHost,
  makeHome,
  registerGroups,
  startLoadHost,
} from './load-site.ts';
import type { HostFigures, ToHost } from './message.ts';

/** One message of twenty asks. */
export const MESSAGES_PER_QUESTION = 20;
const PEOPLE = 50;
const TICK_MS = 5;

export interface LoadPlan {
  readonly minutes: number;
  /** Messages a second. */
  readonly rate: number;
}

export interface LoadFigures extends JudgedLoad, HostFigures, WatchFigures {
  readonly seconds: number;
  readonly groups: number;
  readonly messagesPerSecond: number;
  readonly answersPerSecond: number;
  /** From the last message until the host has nothing more to do, in seconds. */
  readonly drainSeconds: number;
}

/**
 * Messages at the port of the channel, made in this process, for a host in another: engine, SQLite, mailbox and
 * registrations are real, agents are played, and there is no socket and no cipher.
 */
export async function measureEngineLoad(plan: LoadPlan, signal: AbortSignal): Promise<LoadFigures> {
  await using stack = new AsyncDisposableStack();
  const home = await makeHome(stack);
  const groups = groupNames(GROUPS);
  await registerGroups(home, groups);
  const host = stack.use(startLoadHost(hostEnvironment(home), ['--port']));
  await host.next('open', signal);
  const shown = new ShownAnswers();
  host.onTold((message) => {
    if (message.type === 'shown') shown.add(message.text, message.id);
  });
  const over = new AbortController();
  const watching = watchHost(host, home, AbortSignal.any([signal, over.signal]));
  const made = await deliver(host, groups, plan, signal);
  const { figures, drainSeconds } = await finish(host, signal);
  over.abort();
  const watched = await watching;
  await host.process.stop();
  const judged = judgeLoad(home, made, shown);
  return {
    ...describeRate(judged, made.seconds, groups.length),
    drainSeconds,
    ...figures,
    ...watched,
  };
}

/** At the rate of the plan; what a late tick has missed is made up for. */
async function deliver(
  { process }: LoadHost,
  groups: readonly GroupName[],
  { minutes, rate }: LoadPlan,
  signal: AbortSignal,
) {
  const total = Math.round(rate * minutes * 60);
  const startedAt = performance.now();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * rate));
    for (; sent < due; sent += 1) {
      const message = makeMessage(sent, groups);
      process.send({ type: 'deliver', message } satisfies ToHost);
    }
    await delay(TICK_MS, undefined, { signal });
  }
  const asked = Math.ceil(total / MESSAGES_PER_QUESTION);
  return { sent, asked, seconds: (performance.now() - startedAt) / 1_000 };
}

function makeMessage(index: number, groups: readonly GroupName[]): InboundMessage {
  const { jid: chatJid } = groups[Math.floor(Math.random() * groups.length)] ?? { jid: '' };
  const person = Math.floor(Math.random() * PEOPLE);
  return {
    chatJid,
    senderJid: `155500002${String(person).padStart(2, '0')}@s.whatsapp.net`,
    senderName: `Member ${person}`,
    id: `3EB0${index.toString(16).padStart(18, '0').toUpperCase()}`,
    sentAt: Date.now(),
    text: makeText(index),
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
}

export function makeText(index: number): string {
  const isQuestion = index % MESSAGES_PER_QUESTION === 0;
  return `${isQuestion ? '@Assistant ' : ''}Number ${index}: who brings the tea tomorrow, and when do we meet?`;
}

/** Waits until the host has nothing more to do. */
export async function finish(
  host: LoadHost,
  signal: AbortSignal,
): Promise<{ figures: HostFigures; drainSeconds: number }> {
  const startedAt = performance.now();
  const finished = host.next('finished', signal);
  host.process.send({ type: 'finish' } satisfies ToHost);
  const { figures } = await finished;
  return { figures, drainSeconds: roundHundredths((performance.now() - startedAt) / 1_000) };
}

export function describeRate(judged: JudgedLoad, seconds: number, groups: number) {
  return {
    ...judged,
    seconds: roundHundredths(seconds),
    groups,
    messagesPerSecond: roundHundredths(judged.stored / seconds),
    answersPerSecond: roundHundredths(judged.answers / seconds),
  };
}
