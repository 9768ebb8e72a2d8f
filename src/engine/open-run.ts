import { randomBytes } from 'node:crypto';
import type { Now } from '../clock.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { Db } from '../db/database.ts';
import type { Inbox } from '../db/inbox.ts';
import type { Run, Runs } from '../db/runs.ts';

export interface OpenRunDeps {
  readonly db: Db;
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly now: Now;
}

/**
 * Claims all open messages of the group for a new run, in one transaction. Undefined when no message waits
 * for an answer.
 */
export function createOpenRun({ db, inbox, runs, now }: OpenRunDeps) {
  const open = db.transaction((group: RegisteredGroup): Run | undefined => {
    if (!inbox.hasPending(group.jid)) return undefined;
    const id = `run-${randomBytes(8).toString('hex')}`;
    runs.insert({
      id,
      chatJid: group.jid,
      folder: group.folder,
      provider: group.provider,
      now: now(),
    });
    inbox.claimOpen(group.jid, id);
    return runs.runningIn(group.jid);
  });
  return (group: RegisteredGroup) => open.immediate(group);
}

/** Names one attempt towards the container: two attempts never share their events. */
export function attemptId(run: Run): string {
  return `${run.id}-${run.attempt}`;
}
