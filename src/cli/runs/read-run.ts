import type { AttemptFacts, DenialFacts, SentFacts, SlotFacts } from '../../core/story/facts.ts';
import type { Db } from '../../db/database.ts';
import { readDenials } from '../../db/run-denials.ts';
import { createRunHistory, type RunSummary } from '../../db/run-history.ts';
import { countContext, listQuestions, type RunQuestion } from '../../db/run-questions.ts';
import {
  type FoundRun,
  readAttempts,
  readRunFacts,
  readSent,
  readSlot,
} from '../../db/story-run.ts';

/** What `runs show --json` prints. Times in unix milliseconds. */
export interface ShownRun {
  readonly run: RunSummary & Pick<FoundRun, 'detail' | 'passed'>;
  readonly attempts: readonly AttemptFacts[];
  /** Where its agent wanted to go and might not. */
  readonly denials: readonly DenialFacts[];
  /** The messages that it answers. */
  readonly questions: readonly RunQuestion[];
  /** How many others it was given. */
  readonly contextMessages: number;
  /** Of a run of a task. */
  readonly slot: SlotFacts | null;
  /** What it has sent to its chat. */
  readonly sent: readonly SentFacts[];
}

/** `id` is that of a run. */
export function readRun(db: Db, id: string): ShownRun {
  // In one transaction, because a host may be writing.
  return db.transaction(() => {
    const summary = createRunHistory(db).find(id);
    const facts = readRunFacts(db, id);
    if (summary === undefined || facts === undefined) throw new Error(`the run ${id} is gone`);
    return {
      run: { ...summary, detail: facts.detail, passed: facts.passed },
      attempts: readAttempts(db, id),
      denials: readDenials(db, id),
      questions: listQuestions(db, id),
      contextMessages: countContext(db, id),
      slot: readSlot(db, id) ?? null,
      sent: readSent(db, facts),
    };
  })();
}
