import { createHash } from 'node:crypto';
import type { OutboundMessage } from '../../src/core/message.ts';
import { planTask } from '../../src/core/task.ts';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.ts';
import { createTasks } from '../../src/db/tasks.ts';
import { Chance } from './chance.ts';
import { type HistoryPlan, planHistory } from './history-plan.ts';
import { type Agent, runOf, SimulatedAgents } from './simulated-agents.ts';
import { SimulatedClock } from './simulated-clock.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedHost } from './simulated-host.ts';
import { SimulatedMailbox } from './simulated-mailbox.ts';
import { SimulatedWhatsApp } from './simulated-whatsapp.ts';

/** Begins the trace's line of a host that has died at a point. */
export const DIED_AT = 'died at ';

/** A slot of a task, and the agents that were started for it. */
export interface SlotWork {
  readonly slot: string;
  readonly agents: Agent[];
}

/** Everything outside of the hosts, what has happened to it, and what of that must not be. */
export class History {
  readonly plan: HistoryPlan;
  readonly disk: SimulatedDisk;
  readonly clock: SimulatedClock;
  readonly whatsapp: SimulatedWhatsApp;
  readonly agents: SimulatedAgents;
  readonly mailbox = new SimulatedMailbox();
  readonly groups = new Map<string, HistoryPlan['groups'][number]>();
  /** JIDs of groups that were not registered for a while, with the last event that took one away. */
  readonly unregistered = new Map<string, number>();
  readonly slots = new Map<string, SlotWork>();
  readonly trace: string[] = [];
  readonly violations: string[] = [];
  readonly mutation: string | undefined;
  readonly #bytes: Chance;
  host: SimulatedHost | undefined;
  /** The host dies when it comes to this point. */
  deadlyPoint: CrashPoint | undefined;
  deaths = 0;
  disturbances = 0;

  constructor(disk: SimulatedDisk, seed: number, mutation?: string) {
    this.plan = planHistory(seed);
    this.disk = disk;
    this.mutation = mutation;
    this.#bytes = new Chance(seed ^ 0xb17e5);
    this.clock = new SimulatedClock(this.plan.startAt);
    for (const group of this.plan.groups) this.groups.set(group.jid, group);
    this.#schedule();
    this.whatsapp = new SimulatedWhatsApp(
      (message) => this.#checkShown(message),
      (reason) => this.violate(reason),
    );
    this.agents = new SimulatedAgents((agent) => this.#checkStarted(agent));
  }

  /** Schedules tasks as a person does, without the host. */
  #schedule(): void {
    const tasks = createTasks(this.disk.open(() => true));
    const now = this.plan.startAt;
    const { timeZone } = this.plan.settings;
    for (const [index, input] of this.plan.tasks.entries()) {
      const group = this.plan.groups[index];
      const planned = planTask(input, { now, timeZone });
      const nextRunAt = planned.ok ? planned.nextRuns[0] : undefined;
      if (!planned.ok || group === undefined || nextRunAt === undefined)
        throw new Error('the task of a history cannot be planned');
      const { folder, jid: chatJid } = group;
      const place = { id: `task-${index}`, folder, chatJid, createdBy: 'a person' };
      tasks.insert(planned.plan, { ...place, nextRunAt, now });
    }
  }

  startHost(): void {
    const { settings } = this.plan;
    const onBroken = (what: string) => this.violate(what);
    const { disk, clock, whatsapp, agents, mailbox, groups, mutation } = this;
    const surroundings = { disk, clock, whatsapp, agents, mailbox, groups, mutation };
    const host = new SimulatedHost({ ...surroundings, bytes: this.#bytes, settings, onBroken });
    this.host = host;
    host.begin();
  }

  /** The host's process is gone, in this moment. */
  killHost(): void {
    this.host?.die();
    this.host = undefined;
    this.deadlyPoint = undefined;
    this.deaths += 1;
  }

  /** A host has come to a point at which it may die. */
  pass(point: CrashPoint): void {
    if (point !== this.deadlyPoint || this.host === undefined) return;
    this.trace.push(`${DIED_AT}${point}`);
    this.killHost();
  }

  violate(what: string): void {
    if (!this.violations.includes(what)) this.violations.push(what);
  }

  /** The same for the same events in the same order with the same result. */
  get hash(): string {
    const shown = this.whatsapp.shown.map((message) => JSON.stringify(message));
    return createHash('sha256')
      .update([...this.trace, ...shown].join('\n'))
      .digest('hex');
  }

  /** P1: what answers a question is shown once at most. */
  #checkShown(message: OutboundMessage): void {
    if (message.kind !== 'text') return;
    const answers = this.whatsapp.shown.filter(
      (other) => other.kind === 'text' && other !== message,
    );
    for (const token of message.text.match(/\b[qm]\d+\b/g) ?? []) {
      const isTwice = answers.some((other) => other.kind === 'text' && hasToken(other.text, token));
      if (isTwice) this.violate(`P1: ${token} was answered twice`);
    }
    const quoted = message.quoted?.id;
    const isQuoted = answers.some((other) => other.kind === 'text' && other.quoted?.id === quoted);
    if (quoted !== undefined && isQuoted) this.violate(`P1: ${quoted} was quoted twice`);
  }

  /** P4, P5: one run per group, so many in all, and one agent at a time for a slot. */
  #checkStarted(agent: Agent): void {
    const { host } = this;
    if (host === undefined) return;
    const followed = this.agents.followedBy(host);
    const ofGroup = followed.filter(({ folder }) => folder === agent.folder);
    if (ofGroup.length > 1) this.violate(`P4: ${agent.folder} has two runs`);
    if (followed.length > this.plan.settings.maxConcurrentContainers)
      this.violate('P4: more runs than places');
    const slot = this.#slotOf(runOf(agent.attemptId));
    if (slot === undefined) return;
    const work = this.slots.get(slot) ?? { slot, agents: [] };
    if (work.agents.some(hasAnswered)) this.violate(`P5: ${slot} was run again after its answer`);
    work.agents.push(agent);
    this.slots.set(slot, work);
  }

  #slotOf(runId: string): string | undefined {
    const find = this.disk.statement(
      "select task_id || '@' || scheduled_for from task_runs where run_id = ?",
      true,
    );
    return find.get(runId) as string | undefined;
  }
}

/** An empty answer is none: the slot is tried again. */
function hasAnswered({ outcome }: Agent): boolean {
  return outcome?.status === 'answered' && outcome.text !== '';
}

export function hasToken(text: string, token: string): boolean {
  return new RegExp(String.raw`\b${token}\b`).test(text);
}

/** Points at which the parts that are simulated or real here can die. */
export const DEADLY_POINTS = (Object.keys(CRASH_POINTS) as CrashPoint[]).filter(
  (point) =>
    point !== 'ratchet-advancing' && point !== 'message-storing' && point !== 'resend-asked',
);
