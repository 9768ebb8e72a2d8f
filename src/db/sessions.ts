import type { Provider } from '@deckhand/protocol';
import type { Db } from './database.ts';

export type Sessions = ReturnType<typeof createSessions>;

/** Sessions that a provider can resume, one per group and provider. */
export function createSessions(db: Db) {
  const get = db
    .prepare<[string, string], string>(
      'select session_id from sessions where folder = ? and provider = ?',
    )
    .pluck();
  const put = db.prepare(`
    insert into sessions (folder, provider, session_id, updated_at)
    values (:folder, :provider, :sessionId, :now)
    on conflict (folder, provider) do update set session_id = :sessionId, updated_at = :now`);
  const removeOthers = db.prepare('delete from sessions where folder = ? and provider <> ?');
  const remove = db.prepare('delete from sessions where folder = ? and provider = ?');
  return {
    get: (folder: string, provider: Provider): string | undefined => get.get(folder, provider),
    /**
     * The provider has answered the group, with a session that it can resume or without. Those of others no longer
     * know the whole conversation, and who resumes one is not told the rest.
     */
    goOn(folder: string, provider: Provider, sessionId: string | undefined, now: number): void {
      removeOthers.run(folder, provider);
      if (sessionId !== undefined) put.run({ folder, provider, sessionId, now });
    },
    remove(folder: string, provider: Provider): void {
      remove.run(folder, provider);
    },
  };
}
