import { z } from 'zod';
import { chatCommandNameSchema } from '../core/chat-command.ts';
import type { Db } from './database.ts';

const rowSchema = z.strictObject({
  seq: z.number(),
  chatJid: z.string(),
  messageId: z.string(),
  command: chatCommandNameSchema,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'interrupted']),
});
/** A command of a chat, in the order of its coming (`seq`). */
export type ChatCommand = z.infer<typeof rowSchema>;
export type ChatCommandEnd = 'done' | 'failed' | 'interrupted';

export type ChatCommandStore = ReturnType<typeof createChatCommandStore>;

/** Operations on what people ask of the host itself. */
export function createChatCommandStore(db: Db) {
  const insert = db.prepare(`
    insert into chat_commands (chat_jid, message_id, command, state, created_at)
    values (:chatJid, :messageId, :command, 'waiting', :now)
    on conflict (chat_jid, message_id) do nothing`);
  const find = db.prepare<[number]>(`
    select seq, chat_jid as chatJid, message_id as messageId, command, state from chat_commands
    where seq = ?`);
  const open = db
    .prepare<[], number>(
      "select seq from chat_commands where state in ('waiting', 'running') order by seq",
    )
    .pluck();
  const begin = db.prepare<[number]>(
    "update chat_commands set state = 'running' where seq = ? and state = 'waiting'",
  );
  const finish = db.prepare(`
    update chat_commands set state = :state, detail = :detail, ended_at = :now
    where seq = :seq and state in ('waiting', 'running')`);
  return {
    /** Gives the command's `seq`; undefined when the message was there already. */
    insert(
      command: Pick<ChatCommand, 'chatJid' | 'messageId' | 'command'>,
      now: number,
    ): number | undefined {
      const { changes, lastInsertRowid } = insert.run({ ...command, now });
      return changes > 0 ? Number(lastInsertRowid) : undefined;
    },
    find(seq: number): ChatCommand | undefined {
      const row = find.get(seq);
      return row === undefined ? undefined : rowSchema.parse(row);
    },
    /** What has not ended, the longest waiting first. */
    open: (): number[] => open.all(),
    begin: (seq: number): void => void begin.run(seq),
    finish(seq: number, state: ChatCommandEnd, detail: string, now: number): void {
      finish.run({ seq, state, detail, now });
    },
  };
}
