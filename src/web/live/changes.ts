import { randomBytes } from 'node:crypto';
import type { After } from '../../clock.ts';

/** What pages show and what may change under them. */
export const TOPICS = ['host', 'link', 'groups', 'runs', 'tasks', 'log'] as const;
export type Topic = (typeof TOPICS)[number];

/** Many changes within this time are told as one. */
const GATHER_MS = 250;

export interface Change {
  readonly topic: Topic;
  /** The id of its event: `<start of this host>-<number>`. */
  readonly mark: string;
}

/** What has changed since when, without what it has changed to: pages are fetched again. */
export class Changes {
  readonly #after: After;
  readonly #start = randomBytes(4).toString('hex');
  readonly #numbers = new Map<Topic, number>();
  readonly #gathered = new Set<Topic>();
  readonly #listeners = new Set<() => void>();
  #number = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(after: After) {
    this.#after = after;
  }

  note(topic: Topic): void {
    this.#gathered.add(topic);
    this.#cancelTimer ??= this.#after(GATHER_MS, () => this.#tell());
  }

  /** Stands for all that has been told so far. */
  get mark(): string {
    return `${this.#start}-${this.#number}`;
  }

  /** What was told after a mark, the oldest first; everything when the mark is another host's. */
  since(mark: string): Change[] {
    const [start, number] = mark.split('-');
    const seen = start === this.#start ? Number(number) : -1;
    return TOPICS.map((topic) => ({ topic, number: this.#numbers.get(topic) ?? 0 }))
      .filter(({ number }) => !(number <= seen))
      .sort((one, other) => one.number - other.number)
      .map(({ topic, number }) => ({ topic, mark: `${this.#start}-${number}` }));
  }

  /** Calls after every telling, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#listeners.clear();
  }

  #tell(): void {
    this.#cancelTimer = undefined;
    for (const topic of this.#gathered) {
      this.#number += 1;
      this.#numbers.set(topic, this.#number);
    }
    this.#gathered.clear();
    for (const listener of this.#listeners) listener();
  }
}
