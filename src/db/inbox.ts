import { z } from 'zod';
import { isAsking, type MessageDecision } from '../core/decision.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from './database.ts';

const quotedSchema = z.object({
  id: z.string(),
  senderJid: z.string().optional(),
  text: z.string(),
});

/** A message as it lies in the inbox. `seq` orders messages by arrival. */
export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly senderJid: Jid;
  readonly senderName: string;
  readonly sentAt: number;
  readonly text: string;
  readonly isTrigger: boolean;
  readonly isFromMe: boolean;
  readonly quotedText?: string;
}

interface MessageRow {
  seq: number;
  id: string;
  sender_jid: string;
  sender_name: string;
  sent_at: number;
  text: string;
  is_trigger: number;
  is_from_me: number;
  quoted_json: string | null;
}

export type Inbox = ReturnType<typeof createInbox>;

const columns =
  'seq, id, sender_jid, sender_name, sent_at, text, is_trigger, is_from_me, quoted_json';

/** Operations on the messages that came in. Each is one statement; callers join them in transactions. */
export function createInbox(db: Db) {
  const insert = db.prepare(`
    insert into messages
      (chat_jid, sender_jid, id, sender_name, sent_at, received_at, text, is_from_me, quoted_json, state, is_trigger, decision)
    values
      (:chatJid, :senderJid, :id, :senderName, :sentAt, :receivedAt, :text, :isFromMe, :quotedJson, :state, :isTrigger,
       :decision)
    on conflict (chat_jid, sender_jid, id) do nothing`);
  const find = db.prepare<[string, string, string], { found: number }>(
    'select 1 as found from messages where chat_jid = ? and sender_jid = ? and id = ?',
  );
  const findKept = db.prepare<[string, string, string], { found: number }>(`
    select 1 as found from messages
    where chat_jid = ? and sender_jid = ? and id = ? and decision is not 'dropped'`);
  // Named, because SQLite takes an index that holds the whole chat.
  const claim = db.prepare<[string, string]>(`
    update messages indexed by messages_open set state = 'claimed', run_id = ?
    where chat_jid = ? and state in ('context', 'pending')`);
  const claimContext = db.prepare<[string, string]>(`
    update messages indexed by messages_open set state = 'claimed', run_id = ?
    where chat_jid = ? and state in ('context', 'pending') and is_trigger = 0`);
  const shown = db.prepare<[{ runId: string; newest: number }], MessageRow>(`
    select ${columns} from messages
    where run_id = :runId and (is_trigger = 1 or seq >= ifnull(
      (select seq from messages where run_id = :runId order by seq desc limit 1 offset :newest - 1), 0))
    order by seq`);
  const lastTrigger = db.prepare<[string], MessageRow>(
    `select ${columns} from messages where run_id = ? and is_trigger = 1 order by seq desc limit 1`,
  );
  const triggers = db.prepare<[string], MessageRow>(
    `select ${columns} from messages where run_id = ? and is_trigger = 1 order by seq`,
  );
  const settle = db.prepare(`
    update messages set state = case when is_trigger = 1 then :state else 'consumed' end
    where run_id = :runId and state = 'claimed'`);
  const pendingSince = db
    .prepare<[string], number>(
      `select received_at from messages indexed by messages_pending
       where chat_jid = ? and state = 'pending' order by seq limit 1`,
    )
    .pluck();
  const pendingChats = db
    .prepare<[], string>(
      `select chat_jid from messages where state = 'pending' group by chat_jid order by min(seq)`,
    )
    .pluck();
  const before = db.prepare<[string, number, number], MessageRow>(`
    select ${columns} from messages
    where chat_jid = ? and seq < ? and state in ('answered', 'consumed', 'failed')
      and decision is not 'dropped'
    order by seq desc limit ?`);

  return {
    /** False when the message was there already: the first one with an identity wins. */
    insert(message: InboundMessage, decision: MessageDecision, receivedAt: number): boolean {
      const { changes } = insert.run({
        chatJid: message.chatJid,
        senderJid: message.senderJid,
        id: message.id,
        senderName: message.senderName,
        sentAt: message.sentAt,
        receivedAt,
        text: message.text,
        isFromMe: Number(message.isFromMe),
        quotedJson: message.quoted === undefined ? null : JSON.stringify(message.quoted),
        state: stateOf(decision),
        isTrigger: Number(isAsking(decision)),
        decision,
      });
      return changes > 0;
    },
    has: (chatJid: Jid, senderJid: Jid, id: string): boolean =>
      find.get(chatJid, senderJid, id) !== undefined,
    /** Whether its content is there as well. */
    isKept: (chatJid: Jid, senderJid: Jid, id: string): boolean =>
      findKept.get(chatJid, senderJid, id) !== undefined,
    /** Gives every open message of the chat to a run. */
    claimOpen(chatJid: Jid, runId: string): void {
      claim.run(runId, chatJid);
    },
    /** Gives the messages that ask for nothing to a run, and leaves the others to a run of their own. */
    claimContext(chatJid: Jid, runId: string): void {
      claimContext.run(runId, chatJid);
    },
    /** A run's triggers and whatever else is among its `newest` messages, oldest first. */
    shownTo: (runId: string, newest: number): StoredMessage[] =>
      shown.all({ runId, newest }).map(toStored),
    lastTrigger(runId: string): StoredMessage | undefined {
      const row = lastTrigger.get(runId);
      return row === undefined ? undefined : toStored(row);
    },
    /** The messages that asked for the run's answer, oldest first. */
    triggersOf: (runId: string): StoredMessage[] => triggers.all(runId).map(toStored),
    settleRun(runId: string, state: 'answered' | 'failed'): void {
      settle.run({ runId, state });
    },
    /** Since when the chat waits for an answer, unix milliseconds; undefined when it does not. */
    pendingSince: (chatJid: Jid): number | undefined => pendingSince.get(chatJid),
    /** Chats with unanswered triggers, the longest waiting first. */
    pendingChats: (): Jid[] => pendingChats.all(),
    /** Settled messages before `seq`, oldest first. */
    recentBefore: (chatJid: Jid, seq: number, limit: number): StoredMessage[] =>
      before.all(chatJid, seq, limit).reverse().map(toStored),
  };
}

/** What is dropped goes the way of no message: no run ever claims it. */
function stateOf(decision: MessageDecision): 'pending' | 'context' | 'consumed' {
  if (decision === 'dropped') return 'consumed';
  return isAsking(decision) ? 'pending' : 'context';
}

function toStored(row: MessageRow): StoredMessage {
  const quoted =
    row.quoted_json === null ? undefined : quotedSchema.parse(JSON.parse(row.quoted_json));
  return {
    seq: row.seq,
    id: row.id,
    senderJid: row.sender_jid,
    senderName: row.sender_name,
    sentAt: row.sent_at,
    text: row.text,
    isTrigger: row.is_trigger === 1,
    isFromMe: row.is_from_me === 1,
    ...(quoted === undefined ? {} : { quotedText: quoted.text }),
  };
}
