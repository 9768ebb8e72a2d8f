import { type IpcReply, ipcReplySchema } from '@deckhand/protocol';
import type { Db } from './database.ts';

/** A request that had its effect. */
export interface IpcRequest {
  readonly folder: string;
  /** Name of the request file; unique per folder. */
  readonly requestId: string;
  /** SHA-256 of the file, hex. */
  readonly contentHash: string;
  readonly reply: IpcReply;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

interface IpcRequestRow {
  content_hash: string;
  reply_json: string;
}

export type IpcRequests = ReturnType<typeof createIpcRequests>;

/** Operations on the mailbox requests that had an effect. */
export function createIpcRequests(db: Db) {
  const find = db.prepare<[string, string], IpcRequestRow>(
    'select content_hash, reply_json from ipc_requests where folder = ? and request_id = ?',
  );
  const insert = db.prepare(`
    insert into ipc_requests (folder, request_id, content_hash, reply_json, created_at)
    values (:folder, :requestId, :contentHash, :replyJson, :createdAt)`);
  const deleteOld = db.prepare('delete from ipc_requests where created_at < ?');
  const deleteExcess = db.prepare(`
    delete from ipc_requests where (folder, request_id) in (
      select folder, request_id from (
        select folder, request_id, row_number() over (
          partition by folder order by created_at desc, request_id desc
        ) as age
        from ipc_requests
      ) where age > ?
    )`);

  return {
    find(folder: string, requestId: string): Pick<IpcRequest, 'contentHash' | 'reply'> | undefined {
      const row = find.get(folder, requestId);
      if (row === undefined) return undefined;
      const reply = ipcReplySchema.parse(JSON.parse(row.reply_json));
      return { contentHash: row.content_hash, reply };
    },
    /** Throws when the id is known: belongs into the transaction of the request's effect. */
    insert({ reply, ...request }: IpcRequest): void {
      insert.run({ ...request, replyJson: JSON.stringify(reply) });
    },
    /** Forgets requests made before `before` (unix milliseconds) and beyond the newest `keep` of a folder. */
    prune(before: number, keep: number): number {
      return deleteOld.run(before).changes + deleteExcess.run(keep).changes;
    },
  };
}
