import type { SeenMessage } from '../loopback/whatsapp/types.ts';
import { answerTo, noteOf, outcomeOfTask } from './soak-model.ts';

/** What became of the questions, as a member of every group sees it. */
export interface TallyFigures {
  readonly asked: number;
  readonly answered: number;
  /** The assistant said that it could not answer, because its agent had died. */
  readonly told: number;
  readonly lost: number;
  /** Answers, notes, outcomes of tasks and notices of failure beyond the first of each question. */
  readonly duplicated: number;
  /** Which these are. */
  readonly duplicates: readonly string[];
  readonly notes: number;
  readonly tasks: number;
  /** Other texts, by how often they were shown: that a chat waits, that a task failed. */
  readonly others: Readonly<Record<string, number>>;
}

/** Of a message on a phone, what tells whose answer it is. */
type Shown = Pick<SeenMessage, 'fromCompanion' | 'text' | 'quotedId'>;

/** Follows the messages of the assistant on one phone. */
export class Tally {
  /** Question by the id of its message. */
  readonly #asked = new Map<string, { number: number; chat: string }>();
  readonly #open = new Set<string>();
  readonly #shown = new Map<string, number>();
  readonly #others = new Map<string, number>();
  #answered = 0;
  #told = 0;
  #read = 0;

  ask(id: string, number: number, chat: string): void {
    this.#asked.set(id, { number, chat });
    this.#open.add(id);
  }

  isBusy(chat: string): boolean {
    return [...this.#open].some((id) => this.#asked.get(id)?.chat === chat);
  }

  get openCount(): number {
    return this.#open.size;
  }

  /** Takes what the phone has seen since the last call. */
  read(seen: readonly Shown[]): void {
    for (const message of seen.slice(this.#read)) if (message.fromCompanion) this.#take(message);
    this.#read = seen.length;
  }

  figures(): TallyFigures {
    const counts = [...this.#shown.values()];
    const twice = [...this.#shown].filter(([, times]) => times > 1).map(([text]) => text);
    const startingWith = (word: string) =>
      [...this.#shown.keys()].filter((text) => text.startsWith(word)).length;
    return {
      asked: this.#asked.size,
      answered: this.#answered,
      told: this.#told,
      lost: this.#open.size,
      duplicated: counts.reduce((total, count) => total + count - 1, 0),
      duplicates: twice,
      notes: startingWith(noteOf(0).slice(0, 5)),
      tasks: startingWith(outcomeOfTask(0).slice(0, 5)),
      others: Object.fromEntries(this.#others),
    };
  }

  #take({ text, quotedId }: Shown): void {
    const asked = quotedId === undefined ? undefined : this.#asked.get(quotedId);
    const isAnswer = asked !== undefined && text === answerTo(asked.number);
    const isOwnText = isAnswer || /^(?:Note|Task) \d+\.$/.test(text);
    if (isOwnText) count(this.#shown, text);
    else if (asked !== undefined) count(this.#shown, `Notice ${asked.number}.`);
    else count(this.#others, text);
    if (quotedId === undefined || !this.#open.delete(quotedId)) return;
    if (isAnswer) this.#answered += 1;
    else this.#told += 1;
  }
}

function count(counts: Map<string, number>, text: string): void {
  counts.set(text, (counts.get(text) ?? 0) + 1);
}
