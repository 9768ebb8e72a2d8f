import type { MessageDecision } from '../core/decision.ts';
import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from '../db/database.ts';
import type { Stores } from '../db/stores.ts';
import { createIngest } from '../engine/ingest.ts';

export interface JudgingIngestParts extends Stores {
  readonly db: Db;
  readonly group: RegisteredGroup;
  readonly assistantName: string;
  readonly ownJid: Jid;
  now(): number;
}

/** The host's own, which tells what it has decided instead of acting on it. */
export function createJudgingIngest(
  parts: JudgingIngestParts,
): (message: InboundMessage) => MessageDecision {
  const { group, ownJid } = parts;
  let decided: MessageDecision | undefined;
  const ingest = createIngest({
    ...parts,
    ownJids: () => [ownJid],
    findGroup: (jid) => (jid === group.jid ? group : undefined),
    // An export does not tell when a message came in: none is too old.
    judgeAge: (decision) => (decided = decision),
    // What one person asked over years is no flood.
    limitRate: () => undefined,
    receipts: { accept: () => undefined },
    onMedia: () => undefined,
    onCommand: () => undefined,
    onPending: () => undefined,
    report: () => undefined,
  });
  return (message) => {
    decided = undefined;
    const outcome = ingest(message);
    if (decided === undefined) throw new Error(`a message of an export is ${outcome}`);
    return decided;
  };
}
