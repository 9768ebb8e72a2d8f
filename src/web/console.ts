import { mkdirSync } from 'node:fs';
import { FolderWatch } from '../host-log/folder-watch.ts';
import type { ChannelState } from '../ports.ts';
import { createConsoleApp } from './console-app.ts';
import { Changes, type Topic } from './live/changes.ts';
import { EventStreams } from './live/event-streams.ts';
import type { ConsoleDeps, ConsoleState, LinkState, ServingHost } from './ports.ts';
import { listen, type WebServer } from './server.ts';

/** What only time changes, such as how long a run has lasted, is shown anew after this. */
const SWEEP_MS = 15_000;

export interface ConsoleOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Somebody has asked for a new code to link with. */
  readonly linkAgain: () => void;
}

/**
 * The web console: pages on loopback for who has the token. It outlives the host that it shows, so that one page
 * leads from linking to serving.
 */
export class Console implements AsyncDisposable {
  readonly #deps: ConsoleDeps;
  readonly #changes: Changes;
  readonly #streams: EventStreams;
  #state: ConsoleState = {
    channel: { status: 'connecting' },
    link: { status: 'starting' },
    host: undefined,
  };
  readonly #stop = new AbortController();
  #server: WebServer | undefined;
  #logFollowed: Promise<void> | undefined;
  #cancelSweep: (() => void) | undefined;

  private constructor(deps: ConsoleDeps) {
    this.#deps = deps;
    this.#changes = new Changes(deps.after);
    this.#streams = new EventStreams(this.#changes, deps.after);
  }

  /** Rejects with PortTakenError; nothing is left open then. */
  static async open(deps: ConsoleDeps, { port, linkAgain }: ConsoleOptions): Promise<Console> {
    const opened = new Console(deps);
    const app = createConsoleApp({
      view: { deps, changes: opened.#changes, state: () => opened.#state },
      streams: opened.#streams,
      port: () => opened.port,
      linkAgain,
    });
    mkdirSync(deps.logFolder, { recursive: true, mode: 0o700 });
    opened.#logFollowed = opened.#followLog(new FolderWatch(deps.logFolder, opened.#stop.signal));
    try {
      opened.#server = await listen(app, port);
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
    opened.#sweep();
    return opened;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** The address that lets a browser in. As secret as the token. */
  get address(): string {
    return `http://127.0.0.1:${this.port}/enter?token=${this.#deps.token}`;
  }

  setChannel(channel: ChannelState): void {
    this.#change({ channel }, 'host');
  }

  setLink(link: LinkState): void {
    this.#change({ link }, 'link');
  }

  /** Undefined before the host goes away: nothing of it is touched afterwards. */
  setHost(host: ServingHost | undefined): void {
    this.#change({ host }, 'host');
  }

  /** Something changed that pages show. */
  note(topic: Topic): void {
    this.#changes.note(topic);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelSweep?.();
    this.#stop.abort();
    await this.#logFollowed;
    this.#changes.stop();
    this.#streams.close();
    await this.#server?.[Symbol.asyncDispose]();
  }

  #change(change: Partial<ConsoleState>, topic: Topic): void {
    this.#state = { ...this.#state, ...change };
    this.#changes.note(topic);
  }

  async #followLog(watched: FolderWatch): Promise<void> {
    using folder = watched;
    for (;;) {
      await folder.changed();
      if (this.#stop.signal.aborted) return;
      this.#changes.note('log');
    }
  }

  /** Nothing is asked while nobody looks. */
  #sweep(): void {
    this.#cancelSweep = this.#deps.after(SWEEP_MS, () => {
      if (this.#streams.size > 0) this.#changes.note('host');
      this.#sweep();
    });
  }
}
