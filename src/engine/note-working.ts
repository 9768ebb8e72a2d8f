import type { Now } from '../clock.ts';
import type { ModelStore } from '../db/models.ts';
import type { Logger } from '../logger.ts';

export interface NoteWorkingDeps {
  readonly models: Pick<ModelStore, 'noteWorking'>;
  readonly now: Now;
  readonly logger: Logger;
}

/** Keeps that a model has answered. Never throws: the answer is worth more than what it shows of its model. */
export function noteWorking({ models, now, logger }: NoteWorkingDeps, model: string): void {
  try {
    models.noteWorking(model, now());
  } catch (error) {
    logger.error({ err: error, model }, 'a model that works was not noted');
  }
}
