import { z } from 'zod';
import type { Jid, OutboundMessage } from '../core/message.ts';
import { RECEIPT_ORIGIN } from '../core/receipts.ts';
import type { Db } from './database.ts';

const quotedSchema = z.strictObject({
  id: z.string(),
  senderJid: z.string().exactOptional(),
  text: z.string(),
});
const payloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    text: z.string(),
    mentions: z.array(z.string()),
    quoted: quotedSchema.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('reaction'),
    target: z.strictObject({ id: z.string(), senderJid: z.string().exactOptional() }),
    emoji: z.string(),
    at: z.number(),
  }),
  z.strictObject({
    kind: z.literal('edit'),
    targetId: z.string(),
    text: z.string(),
    mentions: z.array(z.string()),
    at: z.number(),
  }),
  z.strictObject({
    kind: z.literal('media'),
    media: z.enum(['document', 'image', 'video', 'voice']),
    spoolName: z.string(),
    mimetype: z.string(),
    fileName: z.string().exactOptional(),
    caption: z.string().exactOptional(),
    seconds: z.number().exactOptional(),
    upload: z.string().exactOptional(),
  }),
]);
/** Rows from before there were other kinds name none. */
const storedSchema = z.looseObject({ kind: z.string().default('text') }).pipe(payloadSchema);

/**
 * What waits for what in a chat: messages keep their order and wait for messages alone; a receipt follows the
 * messages and the receipts before it.
 */
export type OutboxLane = 'messages' | 'receipts';

export interface OutboxEntry {
  /** Orders entries by their writing. */
  readonly seq: number;
  readonly message: OutboundMessage;
  readonly attempts: number;
  readonly createdAt: number;
}

interface OutboxRow {
  seq: number;
  id: string;
  chat_jid: string;
  payload_json: string;
  attempts: number;
  created_at: number;
}

export type Outbox = ReturnType<typeof createOutbox>;

/** Why a receipt was settled without being sent, in the row's reason. */
const SUPERSEDED = 'superseded';

const isReceipt = `substr(origin, 1, ${RECEIPT_ORIGIN.length}) = '${RECEIPT_ORIGIN}'`;

const columns = 'seq, id, chat_jid, payload_json, attempts, created_at';

/** Operations on the messages that go out. */
export function createOutbox(db: Db) {
  const insert = db.prepare(`
    insert into outbox (id, chat_jid, origin, payload_json, state, created_at)
    values (:id, :chatJid, :origin, :payload, 'pending', :now)
    on conflict (origin) do nothing`);
  const idOf = db.prepare<[string], string>('select id from outbox where origin = ?').pluck();
  const next = {
    messages: db.prepare<[string], OutboxRow>(
      `select ${columns} from outbox
       where chat_jid = ? and state = 'pending' and not ${isReceipt} order by seq limit 1`,
    ),
    receipts: db.prepare<[string], OutboxRow>(
      `select ${columns} from outbox
       where chat_jid = ? and state = 'pending' and ${isReceipt} order by seq limit 1`,
    ),
  };
  const pendingChats = db
    .prepare<[], string>(
      `select chat_jid from outbox where state = 'pending' group by chat_jid order by min(seq)`,
    )
    .pluck();
  const byId = db.prepare<[string], OutboxRow>(`select ${columns} from outbox where id = ?`);
  const attempt = db.prepare('update outbox set attempts = attempts + 1 where id = ?');
  const settle = db.prepare(`
    update outbox set state = :state, reason = :reason, settled_at = :now
    where id = :id and state = 'pending'`);
  const supersede = db.prepare(`
    update outbox set state = 'rejected', reason = '${SUPERSEDED}', settled_at = :now
    where origin = :origin and state = 'pending'`);
  // The plus keeps to the few newest rows of all chats: the index of the chat would lead over all it ever was sent.
  const byFiles = db.prepare<[{ chatJid: string; after: number; prefix: string }], OutboxRow>(`
    select ${columns} from outbox
    where seq > :after and +chat_jid = :chatJid
      and substr(origin, 1, length(:prefix)) = :prefix`);
  const recent = db.prepare<[string, number], OutboxRow>(
    `select ${columns} from outbox
     where chat_jid = ? and not ${isReceipt} order by created_at desc, seq desc limit ?`,
  );
  const storeUpload = db.prepare(`
    update outbox set payload_json = json_set(payload_json, '$.upload', :upload)
    where id = :id and state = 'pending'`);
  const spooled = db
    .prepare<[], string>(
      `select payload_json ->> '$.spoolName' from outbox
       where state = 'pending' and payload_json ->> '$.kind' = 'media'`,
    )
    .pluck();

  return {
    /**
     * Adds a message once per origin and gives the id under which it is sent: of the first call, when the
     * origin was there already.
     */
    enqueue(message: OutboundMessage, origin: string, now: number): string {
      const { id, chatJid, ...payload } = message;
      insert.run({ id, chatJid, origin, payload: JSON.stringify(payload), now });
      /* v8 ignore next -- @preserve: the statement before has put the row there, or found it */
      return idOf.get(origin) ?? id;
    },
    /** What a lane of the chat sends next; undefined when nothing waits or all of it has to wait. */
    nextPending(chatJid: Jid, lane: OutboxLane): OutboxEntry | undefined {
      const row = next[lane].get(chatJid);
      if (row === undefined) return undefined;
      const before = lane === 'receipts' ? next.messages.get(chatJid) : undefined;
      return before !== undefined && before.seq < row.seq ? undefined : toEntry(row);
    },
    /** Chats with unsent messages, the longest waiting first. */
    pendingChats: (): Jid[] => pendingChats.all(),
    find(id: string): OutboxEntry | undefined {
      const row = byId.get(id);
      return row === undefined ? undefined : toEntry(row);
    },
    has: (id: string): boolean => byId.get(id) !== undefined,
    hasOrigin: (origin: string): boolean => idOf.get(origin) !== undefined,
    /**
     * Another message stands for this one: unless it is settled it becomes `rejected` with the reason
     * `superseded`, and is sent no more.
     */
    supersede(origin: string, now: number): void {
      supersede.run({ origin, now });
    },
    recordAttempt(id: string): void {
      attempt.run(id);
    },
    /** Keeps what the channel made of an upload. */
    storeUpload(id: string, upload: string): void {
      storeUpload.run({ id, upload });
    },
    /** Names in the spool folder that unsent messages still need. */
    spooled: (): string[] => spooled.all(),
    settle(
      id: string,
      state: 'acked' | 'rejected',
      now: number,
      reason: string | null = null,
    ): void {
      settle.run({ id, state, now, reason });
    },
    /** What a group's agent has sent to a chat by files behind a row of the outbox. */
    sentByFiles: (chatJid: Jid, folder: string, after: number): OutboxEntry[] =>
      byFiles.all({ chatJid, after, prefix: `ipc:${folder}:` }).map(toEntry),
    /** The newest messages of a chat, oldest first; receipts are not among them. */
    recent: (chatJid: Jid, limit: number): OutboxEntry[] =>
      recent.all(chatJid, limit).reverse().map(toEntry),
  };
}

function toEntry(row: OutboxRow): OutboxEntry {
  const payload = storedSchema.parse(JSON.parse(row.payload_json));
  return {
    seq: row.seq,
    message: { id: row.id, chatJid: row.chat_jid, ...payload },
    attempts: row.attempts,
    createdAt: row.created_at,
  };
}
