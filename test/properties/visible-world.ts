import { createRuns } from '../../src/db/runs.ts';
import type { RunOutcome } from '../../src/ports.ts';
import { group, World } from '../engine/world.ts';
import { answer, type FakeRun } from '../fakes/fake-runner.ts';

export const CHATS = ['1@g.us', '2@g.us', '3@g.us', '4@g.us'] as const;
const FAILED: RunOutcome = {
  status: 'failed',
  class: 'refused',
  detail: 'refused',
  hasSideEffects: true,
};
export type Fate = 'acked' | 'ack lost' | 'lost';

/** Hosts that die, agents that end when told to, and a server that writes down what phones show. */
export class VisibleWorld implements AsyncDisposable {
  readonly world = new World();
  /** By the id under which phones show a message once. */
  readonly visible = new Map<string, { chatJid: string; text: string }>();
  readonly faults: string[] = [];
  readonly asked: string[] = [];
  readonly cap: number;
  fates: Fate[] = [];
  #open: FakeRun[] = [];
  #answersAtOnce = false;

  constructor(cap: number) {
    this.cap = cap;
    this.world.maxConcurrentContainers = cap;
    for (const [index, jid] of CHATS.entries())
      this.world.groups.set(jid, group({ jid, name: jid, folder: `chat${index}` }));
    this.#start();
  }

  ask(chatJid: string): void {
    const message = this.world.message({
      chatJid,
      text: `@Assistant question ${this.asked.length}`,
    });
    this.asked.push(message.id);
    this.world.engine?.ingest(message);
    this.world.engine?.ingest(message);
  }

  end(index: number, isFailing: boolean): void {
    const [run] = this.#open.splice(index % Math.max(1, this.#open.length), 1);
    run?.end(isFailing ? FAILED : answerTo(run));
  }

  /** Of the agents that were at work some have ended by themselves, the others are gone. */
  crash(hasEnded: (index: number) => boolean): void {
    this.world.crash();
    const left = this.#open;
    this.#open = [];
    this.#start();
    for (const [index, run] of left.entries())
      if (hasEnded(index)) this.world.runner.adoptable.set(run.request.runId, answerTo(run));
  }

  /** Lets everything end that can: agents answer, acks come, hosts live. */
  async rest(): Promise<void> {
    this.fates = [];
    this.#answersAtOnce = true;
    while (this.#open.length > 0) this.end(0, false);
    await this.world.engine?.idle();
    await this.world.passUntil(this.world.nowMs + 600_000);
    await this.world.engine?.idle();
  }

  /** Ids of messages that phones show and that answer a question. */
  answersTo(id: string): string[] {
    return [...this.visible].flatMap(([shown, { text }]) =>
      text.split(' ').includes(id) ? [shown] : [],
    );
  }

  /** How the inbox ended a question, and the messages that are shown for its run. */
  endOf(id: string): { state: string; shown: number } {
    const row = this.world.db
      ?.prepare<[string], { state: string; run_id: string }>(
        'select state, run_id from messages where id = ?',
      )
      .get(id);
    const sent = this.world.db
      ?.prepare<[string], string>('select id from outbox where origin like ?')
      .pluck()
      .all(`run:${row?.run_id}:%`);
    return {
      state: row?.state ?? 'lost',
      shown: (sent ?? []).filter((one) => this.visible.has(one)).length,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world[Symbol.asyncDispose]();
  }

  #start(): void {
    this.world.startHost();
    this.world.runner.respond = (run) => this.#begin(run);
    this.world.channel.respond = (message) => {
      const fate = this.fates.shift() ?? 'acked';
      const text = message.kind === 'text' ? message.text : '';
      if (fate === 'acked' || fate === 'ack lost')
        this.visible.set(message.id, { chatJid: message.chatJid, text });
      return fate === 'acked'
        ? { status: 'acked' }
        : { status: 'unconfirmed', reason: 'no ack came' };
    };
    this.world.open();
  }

  #begin(run: FakeRun): RunOutcome | undefined {
    if (this.#answersAtOnce) return answerTo(run);
    if (this.#open.some(({ group }) => group.jid === run.group.jid))
      this.faults.push(`two runs in ${run.group.jid}`);
    this.#open.push(run);
    if (this.#open.length > this.cap) this.faults.push('more runs than the cap');
    const running = this.world.db === undefined ? [] : createRuns(this.world.db).running();
    if (running.length > this.cap) this.faults.push('more running rows than the cap');
    return undefined;
  }
}

/** Names the questions it answers. */
function answerTo({ request }: FakeRun): RunOutcome {
  const ids = Array.from(request.prompt.matchAll(/id="(M\d+)"/g), ([, id]) => id);
  return answer(`answer to ${ids.join(' ')}`);
}
