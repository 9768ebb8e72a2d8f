import type { Db } from './database.ts';

/** Messages that wait to be sent, over all chats. */
export function countPendingOutbox(db: Db): number {
  return (
    db.prepare<[], number>("select count(*) from outbox where state = 'pending'").pluck().get() ?? 0
  );
}

/** The name that labels this installation's containers; undefined before the first start. Never makes one. */
export function findInstallationId(db: Db): string | undefined {
  return db
    .prepare<[], string>("select value from settings where key = 'installation'")
    .pluck()
    .get();
}

/** When the newest message came in, unix milliseconds. */
export function lastReceivedAt(db: Db): number | undefined {
  const at = db.prepare<[], number | null>('select max(received_at) from messages').pluck().get();
  return at ?? undefined;
}

/** When the oldest message that is kept came in, unix milliseconds. */
export function firstReceivedAt(db: Db): number | undefined {
  return db
    .prepare<[], number>('select received_at from messages order by seq limit 1')
    .pluck()
    .get();
}
