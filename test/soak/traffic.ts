import { readFile } from 'node:fs/promises';
import { setInterval as ticks } from 'node:timers/promises';
import { isErrno } from '../../src/errno.ts';
import type { Group, Phone, WhatsAppServer } from '../loopback/whatsapp/server.ts';
import { type Errand, question } from './soak-model.ts';
import type { Tally } from './tally.ts';

const TICK_MS = 250;
const TICKS_PER_QUESTION = 6;
const TICKS_PER_DEATH = 80;
const TICKS_PER_DISCONNECTION = 120;
const ERRANDS: readonly Errand[] = ['plain', 'note', 'plain', 'task'];

export interface SoakCast {
  readonly whatsapp: WhatsAppServer;
  readonly groups: readonly Group[];
  readonly members: readonly Phone[];
  /** A member of every group who only reads. */
  readonly reader: Phone;
}

export interface TrafficFigures {
  readonly messages: number;
  readonly agentDeaths: number;
  readonly disconnections: number;
}

/**
 * Four messages a second, of which every sixth asks; an agent killed every 20 seconds; the link cut every 30, by turns
 * without a word, with 503 and with 515. A chat asks again when it has its answer.
 */
export class SoakTraffic {
  readonly #cast: SoakCast;
  readonly #tally: Tally;
  readonly #hostPid: number;
  #messages = 0;
  #questions = 0;
  #agentDeaths = 0;
  #disconnections = 0;

  constructor(cast: SoakCast, tally: Tally, hostPid: number) {
    this.#cast = cast;
    this.#tally = tally;
    this.#hostPid = hostPid;
  }

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let tick = 0;
    try {
      for await (const _ of ticks(TICK_MS, undefined, { signal })) {
        tick += 1;
        this.#tally.read(this.#cast.reader.seen);
        if (tick % TICKS_PER_DEATH === 0) await this.#killAgent();
        if (tick % TICKS_PER_DISCONNECTION === 0) this.#disconnect();
        if (tick % TICKS_PER_QUESTION === 0) await this.#ask();
        else await this.#chat();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  figures(): TrafficFigures {
    return {
      messages: this.#messages,
      agentDeaths: this.#agentDeaths,
      disconnections: this.#disconnections,
    };
  }

  async #chat(): Promise<void> {
    this.#messages += 1;
    await pick(this.#cast.members).sendText(pick(this.#cast.groups), `Message ${this.#messages}`);
  }

  async #ask(): Promise<void> {
    const free = this.#cast.groups.filter(({ jid }) => !this.#tally.isBusy(jid));
    if (free.length === 0) return this.#chat();
    const group = pick(free);
    const number = ++this.#questions;
    const errand = ERRANDS[number % ERRANDS.length] ?? 'plain';
    this.#messages += 1;
    const { id } = await pick(this.#cast.members).sendText(group, question(number, errand));
    this.#tally.ask(id, number, group.jid);
  }

  #disconnect(): void {
    const { faults } = this.#cast.whatsapp;
    const cuts = [
      () => faults.dropConnections(),
      () => faults.streamError(503),
      () => faults.streamError(515),
    ];
    cuts[this.#disconnections % cuts.length]?.();
    this.#disconnections += 1;
  }

  async #killAgent(): Promise<void> {
    const agents = await childrenOf(this.#hostPid);
    if (agents.length === 0) return;
    try {
      process.kill(pick(agents), 'SIGKILL');
      this.#agentDeaths += 1;
    } catch (error) {
      // It has ended by itself meanwhile.
      if (!isErrno(error, 'ESRCH')) throw error;
    }
  }
}

/** Process ids, by Linux' /proc. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('there is nothing to pick from');
  return item;
}
