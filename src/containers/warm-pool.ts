import type { Logger } from '../logger.ts';
import type { AgentDisk } from './agent-disk.ts';
import type { AgentProcess } from './agent-runtime.ts';
import type { EventFeed } from './event-feed.ts';

/** What a process may write between two runs, bytes; there is nothing to say then, and reading it costs the host. */
const MAX_IDLE_BYTES = 1024 * 1024;

/** A live process with the feed of its events. */
export interface Agent {
  readonly process: AgentProcess;
  readonly feed: EventFeed;
  readonly fingerprint: string;
}

/**
 * A group's place in the pool: `starting → busy ⇄ idle → stopping → gone`.
 * Every state but `gone` counts against the limit.
 */
interface Slot {
  state: 'starting' | 'busy' | 'idle' | 'stopping';
  agent: Agent | undefined;
  /** What ends it while it is idle: time, and what it writes all the same. */
  idle: Disposable | undefined;
  /** Is not to be used for another run. */
  isStale: boolean;
  /** Set while stopping. */
  gone?: Promise<void>;
}

export interface WarmPoolDeps {
  readonly maxAgents: number;
  /** An idle process is stopped after this long, milliseconds. */
  readonly idleTimeoutMs: number;
  readonly disk?: Pick<AgentDisk, 'watchIdle'> | undefined;
  readonly logger: Logger;
}

/** Keeps at most one process per folder warm, and at most `maxAgents` in all. */
export class WarmPool implements AsyncDisposable {
  readonly #deps: WarmPoolDeps;
  /** Insertion order is the order in which slots became idle: the first idle one is the longest idle. */
  readonly #slots = new Map<string, Slot>();
  #changed = Promise.withResolvers<void>();
  /** How many wait for a place that no process of their own folder holds. */
  #needy = 0;

  constructor(deps: WarmPoolDeps) {
    this.#deps = deps;
  }

  get size(): number {
    return this.#slots.size;
  }

  /**
   * The folder's idle process when its fingerprint fits, else a new one, for which the longest idle process
   * of another folder gives way under pressure. Rejects when `create` does or the signal aborts.
   */
  async acquire(
    folder: string,
    fingerprint: string,
    create: () => Promise<Agent>,
    signal: AbortSignal,
  ): Promise<Agent> {
    const slot = await this.#claim(folder, fingerprint, signal);
    if (slot.agent !== undefined) return slot.agent;
    try {
      const agent = await create();
      this.#occupy(folder, slot, agent);
      return agent;
    } catch (error) {
      this.#free(folder, slot);
      throw error;
    }
  }

  /** Takes in a process that an earlier host started, as busy. The limit does not hold it back. */
  admit(folder: string, agent: Agent): void {
    const slot: Slot = { state: 'busy', agent, idle: undefined, isStale: false };
    this.#slots.set(folder, slot);
    this.#occupy(folder, slot, agent);
  }

  /** After a run: keeps the process warm, or stops it. Resolves at once; a stop goes on behind. */
  giveBack(folder: string, isReusable: boolean): void {
    const slot = this.#slots.get(folder);
    if (slot?.state !== 'busy') return;
    if (!isReusable || slot.isStale) {
      void this.#retire(folder, slot, 'not reusable');
      return;
    }
    slot.state = 'idle';
    this.#slots.delete(folder);
    this.#slots.set(folder, slot);
    slot.idle = this.#watchIdle(folder, slot, slot.agent?.feed);
    this.#notify();
  }

  /** Stops the folder's process: now when idle, else after its run. */
  async release(folder: string): Promise<void> {
    const slot = this.#slots.get(folder);
    if (slot === undefined) return;
    slot.isStale = true;
    if (slot.state === 'idle') await this.#retire(folder, slot, 'released');
  }

  /** Forgets a busy process that goes on without this host. */
  forget(folder: string): void {
    const slot = this.#slots.get(folder);
    if (slot !== undefined) this.#free(folder, slot);
  }

  /** Stops all idle processes and waits for those that stop; busy ones are their runs' to end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ending = [...this.#slots].filter(
      ([, slot]) => slot.state === 'idle' || slot.state === 'stopping',
    );
    await Promise.all(ending.map(([folder, slot]) => this.#retire(folder, slot, 'host stops')));
  }

  #watchIdle(folder: string, slot: Slot, feed: EventFeed | undefined): Disposable {
    const end = (reason: string) => void this.#retire(folder, slot, reason);
    const timer = setTimeout(() => end('idle timeout'), this.#deps.idleTimeoutMs);
    const watch = this.#deps.disk?.watchIdle(folder, end);
    const most = (feed?.bytes ?? 0) + MAX_IDLE_BYTES;
    const unsubscribe = feed?.subscribe({
      onEvent: () => undefined,
      onBytes: (total) => total > most && end('writes without a run'),
    });
    return {
      [Symbol.dispose]() {
        clearTimeout(timer);
        watch?.[Symbol.dispose]();
        unsubscribe?.();
      },
    };
  }

  async #claim(folder: string, fingerprint: string, signal: AbortSignal): Promise<Slot> {
    for (;;) {
      signal.throwIfAborted();
      const own = this.#slots.get(folder);
      if (own?.state === 'idle' && !own.isStale && own.agent?.fingerprint === fingerprint) {
        own.idle?.[Symbol.dispose]();
        own.state = 'busy';
        return own;
      }
      if (own?.state === 'idle') void this.#retire(folder, own, 'settings changed');
      else if (own === undefined && this.#slots.size < this.#deps.maxAgents) {
        return this.#reserve(folder);
      }
      await (own === undefined ? this.#untilPlace(signal) : this.#untilChange(signal));
    }
  }

  async #untilPlace(signal: AbortSignal): Promise<void> {
    this.#needy += 1;
    this.#relievePressure();
    await this.#untilChange(signal);
    this.#needy -= 1;
  }

  #reserve(folder: string): Slot {
    const slot: Slot = {
      state: 'starting',
      agent: undefined,
      idle: undefined,
      isStale: false,
    };
    this.#slots.set(folder, slot);
    return slot;
  }

  #occupy(folder: string, slot: Slot, agent: Agent): void {
    slot.state = 'busy';
    slot.agent = agent;
    void agent.process.exited.then(() => this.#free(folder, slot));
  }

  /** One for each that waits, so that nobody waits for the stop of more than one. */
  #relievePressure(): void {
    const slots = [...this.#slots];
    if (slots.filter(([, slot]) => slot.state === 'stopping').length >= this.#needy) return;
    const victim = slots.find(([, slot]) => slot.state === 'idle');
    if (victim !== undefined) void this.#retire(victim[0], victim[1], 'gives way');
  }

  #retire(folder: string, slot: Slot, reason: string): Promise<void> {
    slot.gone ??= this.#stop(folder, slot, reason);
    return slot.gone;
  }

  async #stop(folder: string, slot: Slot, reason: string): Promise<void> {
    slot.state = 'stopping';
    slot.idle?.[Symbol.dispose]();
    this.#deps.logger.info({ folder, reason, id: slot.agent?.process.id }, 'stopping agent');
    await slot.agent?.process.stop(reason);
    this.#free(folder, slot);
  }

  #free(folder: string, slot: Slot): void {
    if (this.#slots.get(folder) !== slot) return;
    slot.idle?.[Symbol.dispose]();
    this.#slots.delete(folder);
    this.#notify();
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }

  async #untilChange(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    const onAbort = () => aborted.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    await Promise.race([this.#changed.promise, aborted.promise]);
    signal.removeEventListener('abort', onAbort);
  }
}
