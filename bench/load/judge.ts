import { openDatabaseReadonly } from '../../src/db/database.ts';
import { hostPaths } from '../../src/paths.ts';

export interface JudgedLoad {
  readonly sent: number;
  readonly stored: number;
  readonly asked: number;
  readonly answered: number;
  /** Runs that ended with an answer; what a chat asks during its run is answered by one more. */
  readonly answers: number;
  /** Messages that were not stored, questions that were not answered, answers that were not shown. */
  readonly lost: number;
  /** Answers that were shown under more than one message id: phones show one id once. */
  readonly duplicated: number;
}

/** The ids under which each text of an answer was shown. */
export class ShownAnswers {
  readonly #ids = new Map<string, Set<string>>();

  add(text: string, id: string): void {
    if (!text.startsWith('Answer of ')) return;
    const ids = this.#ids.get(text) ?? new Set();
    this.#ids.set(text, ids.add(id));
  }

  get size(): number {
    return this.#ids.size;
  }

  get duplicated(): number {
    return [...this.#ids.values()].reduce((total, ids) => total + ids.size - 1, 0);
  }
}

/** Compares what was sent and shown with the database of the host, which has ended. */
export function judgeLoad(
  home: string,
  { sent, asked }: { sent: number; asked: number },
  shown: ShownAnswers,
): JudgedLoad {
  const db = openDatabaseReadonly(hostPaths(home).database);
  try {
    const count = (sql: string) => db.prepare<[], number>(sql).pluck().get() ?? 0;
    const stored = count('select count(*) from messages');
    const answered = count(
      `select count(*) from messages where is_trigger = 1 and state = 'answered'`,
    );
    const answers = count(`select count(*) from runs where state = 'answered'`);
    const lost = sent - stored + (asked - answered) + (answers - shown.size);
    return { sent, stored, asked, answered, answers, lost, duplicated: shown.duplicated };
  } finally {
    db.close();
  }
}
