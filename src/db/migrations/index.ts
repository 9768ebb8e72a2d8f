import { migration as messagesRunsOutbox } from './001-messages-runs-outbox.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order and without gaps. Forward only: a landed migration is never edited. */
export const migrations: readonly Migration[] = [messagesRunsOutbox];
