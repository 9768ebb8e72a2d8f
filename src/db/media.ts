import { z } from 'zod';
import type { InboundMediaKind, MediaState } from '../core/inbound-media.ts';
import type { InboundMessage, Jid } from '../core/message.ts';
import type { Db } from './database.ts';

/** A file that is to be downloaded. */
export interface PendingMedia {
  readonly messageSeq: number;
  readonly chatJid: Jid;
  readonly senderJid: Jid;
  readonly messageId: string;
  readonly kind: InboundMediaKind;
  readonly byteSize: number | undefined;
  readonly source: string;
  readonly attempts: number;
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** A file of a message, as far as it has got. */
export interface MessageMedia {
  readonly kind: InboundMediaKind;
  /** As the sender names it. */
  readonly fileName: string | undefined;
  readonly file: MediaState;
}

const kindSchema = z.enum(['image', 'video', 'voice', 'audio', 'document', 'sticker']);
const stateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('pending') }),
  z.object({
    state: z.literal('stored'),
    path: z.string(),
    mimetype: z.string(),
    byteSize: z.number(),
  }),
  z.object({ state: z.literal('failed'), reason: z.string() }),
  z.object({ state: z.literal('too_large') }),
]);

interface PendingRow {
  message_seq: number;
  chat_jid: string;
  sender_jid: string;
  id: string;
  kind: string;
  byte_size: number | null;
  source_json: string;
  attempts: number;
  received_at: number;
}

export type Media = ReturnType<typeof createMedia>;

/** Operations on the files that came with messages. */
export function createMedia(db: Db) {
  const insert = db.prepare(`
    insert into media (message_seq, kind, file_name, byte_size, source_json, state)
    select seq, :kind, :fileName, :byteSize, :source, 'pending' from messages
    where chat_jid = :chatJid and sender_jid = :senderJid and id = :id`);
  const pending = db.prepare<[], { messageSeq: number; chatJid: Jid }>(`
      select message_seq as messageSeq, chat_jid as chatJid
      from media join messages on seq = message_seq where media.state = 'pending' order by seq`);
  const find = db.prepare<[number], PendingRow>(`
    select message_seq, chat_jid, sender_jid, id, kind, byte_size, source_json, attempts, received_at
    from media join messages on seq = message_seq where message_seq = ? and media.state = 'pending'`);
  const ofRun = db
    .prepare<[string], number>(`
      select message_seq from messages join media on message_seq = seq
      where run_id = ? and media.state = 'pending'`)
    .pluck();
  const ofMessage = db.prepare<
    [number],
    { kind: string; file_name: string | null; state: string } & Record<string, unknown>
  >(`
    select kind, file_name, state, path, mimetype, byte_size as byteSize, reason
    from media where message_seq = ?`);
  const attempt = db.prepare('update media set attempts = attempts + 1 where message_seq = ?');
  const store = db.prepare(`
    update media set state = 'stored', path = :path, mimetype = :mimetype, byte_size = :byteSize
    where message_seq = :messageSeq and state = 'pending'`);
  const giveUp = db.prepare(`
    update media set state = :state, reason = :reason
    where message_seq = :messageSeq and state = 'pending'`);

  return {
    /** Belongs into the transaction that stores the message; gives the message's seq. */
    insert({ chatJid, senderJid, id, media }: InboundMessage): number | undefined {
      if (media === undefined) return undefined;
      const { kind, fileName = null, byteSize = null, source } = media;
      const { lastInsertRowid } = insert.run({
        chatJid,
        senderJid,
        id,
        kind,
        fileName,
        byteSize,
        source,
      });
      return Number(lastInsertRowid);
    },
    /** The messages whose files are to be downloaded, oldest first. */
    pending: (): Pick<PendingMedia, 'messageSeq' | 'chatJid'>[] => pending.all(),
    findPending(messageSeq: number): PendingMedia | undefined {
      const row = find.get(messageSeq);
      if (row === undefined) return undefined;
      return {
        messageSeq,
        chatJid: row.chat_jid,
        senderJid: row.sender_jid,
        messageId: row.id,
        kind: kindSchema.parse(row.kind),
        byteSize: row.byte_size ?? undefined,
        source: row.source_json,
        attempts: row.attempts,
        receivedAt: row.received_at,
      };
    },
    /** Messages of a run whose files are not there yet. */
    pendingOfRun: (runId: string): number[] => ofRun.all(runId),
    ofMessage(messageSeq: number): MessageMedia | undefined {
      const row = ofMessage.get(messageSeq);
      if (row === undefined) return undefined;
      return {
        kind: kindSchema.parse(row.kind),
        fileName: row.file_name ?? undefined,
        file: stateSchema.parse(row),
      };
    },
    recordAttempt(messageSeq: number): void {
      attempt.run(messageSeq);
    },
    store(
      messageSeq: number,
      file: { readonly path: string; readonly mimetype: string; readonly byteSize: number },
    ): void {
      store.run({ messageSeq, ...file });
    },
    giveUp(messageSeq: number, state: 'failed' | 'too_large', reason: string): void {
      giveUp.run({ messageSeq, state, reason });
    },
  };
}
