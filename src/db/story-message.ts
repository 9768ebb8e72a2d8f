import { z } from 'zod';
import { messageDecisionSchema } from '../core/decision.ts';
import type { Jid } from '../core/message.ts';
import type { CommandFacts, MessageFacts } from '../core/story/facts.ts';
import type { Db } from './database.ts';

const messageSchema = z.strictObject({
  seq: z.number(),
  chatJid: z.string(),
  id: z.string(),
  senderJid: z.string(),
  senderName: z.string(),
  sentAt: z.number(),
  receivedAt: z.number(),
  isTrigger: z.number().transform((flag) => flag === 1),
  state: z.enum(['context', 'pending', 'claimed', 'answered', 'consumed', 'failed']),
  decision: messageDecisionSchema.nullable(),
});

/** A message of the inbox without its text. */
export interface FoundMessage extends MessageFacts {
  readonly chatJid: Jid;
}

const columns = `seq, chat_jid as chatJid, id, sender_jid as senderJid, sender_name as senderName, sent_at as sentAt,
  received_at as receivedAt, is_trigger as isTrigger, state, decision`;

export function readMessage(db: Db, seq: number): FoundMessage | undefined {
  return toMessage(db.prepare(`select ${columns} from messages where seq = ?`).get(seq));
}

/** The last message that asked for a run: the one that its answer quotes. */
export function readQuestionOf(db: Db, runId: string): FoundMessage | undefined {
  const row = db
    .prepare(
      `select ${columns} from messages where run_id = ? and is_trigger = 1 order by seq desc limit 1`,
    )
    .get(runId);
  return toMessage(row);
}

/** The newest messages of one chat or of all, newest first. */
export function listMessages(
  db: Db,
  { chatJid, limit }: { chatJid: Jid | undefined; limit: number },
): FoundMessage[] {
  const rows = db
    .prepare(
      `select ${columns} from messages where :chatJid is null or chat_jid = :chatJid
       order by seq desc limit :limit`,
    )
    .all({ chatJid: chatJid ?? null, limit });
  return rows.map((row) => messageSchema.parse(row));
}

/** The newest message of one chat or of all that asked, or would have if its sender might, it were fresh or less had been asked. */
export function findLastQuestion(db: Db, chatJid: Jid | undefined): number | undefined {
  return db
    .prepare<[{ chatJid: Jid | null }], number>(
      `select seq from messages
       where (:chatJid is null or chat_jid = :chatJid)
         and (is_trigger = 1 or decision in ('not_allowed', 'rate_limited', 'stale', 'command'))
       order by seq desc limit 1`,
    )
    .pluck()
    .get({ chatJid: chatJid ?? null });
}

export function readMessageText(db: Db, seq: number): string | undefined {
  return db.prepare<[number], string>('select text from messages where seq = ?').pluck().get(seq);
}

const commandSchema = z.strictObject({
  state: z.enum(['waiting', 'running', 'done', 'failed', 'interrupted']),
  createdAt: z.number(),
  endedAt: z.number().nullable(),
});

export function readCommand(db: Db, chatJid: Jid, messageId: string): CommandFacts | undefined {
  const row = db
    .prepare(
      `select state, created_at as createdAt, ended_at as endedAt from chat_commands
       where chat_jid = ? and message_id = ?`,
    )
    .get(chatJid, messageId);
  return row === undefined ? undefined : commandSchema.parse(row);
}

function toMessage(row: unknown): FoundMessage | undefined {
  return row === undefined ? undefined : messageSchema.parse(row);
}
