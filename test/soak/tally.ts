import type { SeenMessage } from '../loopback/whatsapp/types.ts';
import { answerTo, noteOf, outcomeOfTask } from './soak-model.ts';

/** What became of the questions, as a member of every group sees it. */
export interface TallyFigures {
  readonly asked: number;
  readonly answered: number;
  /** The assistant said that it could not answer, because its agent had died. */
  readonly told: number;
  readonly lost: number;
  /** Answers, notes and outcomes of tasks beyond the first of each question. */
  readonly duplicated: number;
  readonly notes: number;
  readonly tasks: number;
}

/** Of a message on a phone, what tells whose answer it is. */
type Shown = Pick<SeenMessage, 'fromCompanion' | 'text' | 'quotedId'>;

/** Follows the messages of the assistant on one phone. */
export class Tally {
  /** Question by the id of its message. */
  readonly #asked = new Map<string, { number: number; chat: string }>();
  readonly #open = new Set<string>();
  readonly #shown = new Map<string, number>();
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
    const startingWith = (word: string) =>
      [...this.#shown.keys()].filter((text) => text.startsWith(word)).length;
    return {
      asked: this.#asked.size,
      answered: this.#answered,
      told: this.#told,
      lost: this.#open.size,
      duplicated: counts.reduce((total, count) => total + count - 1, 0),
      notes: startingWith(noteOf(0).slice(0, 5)),
      tasks: startingWith(outcomeOfTask(0).slice(0, 5)),
    };
  }

  #take({ text, quotedId }: Shown): void {
    const asked = quotedId === undefined ? undefined : this.#asked.get(quotedId);
    const isAnswer = asked !== undefined && text === answerTo(asked.number);
    const isOwnText = isAnswer || /^(?:Note|Task) \d+\.$/.test(text);
    const key = isOwnText ? text : `Notice ${quotedId ?? text}`;
    this.#shown.set(key, (this.#shown.get(key) ?? 0) + 1);
    if (quotedId === undefined || !this.#open.delete(quotedId)) return;
    if (isAnswer) this.#answered += 1;
    else this.#told += 1;
  }
}
