/**
 * What is counted to limit how often somebody asks.
 *
 * messages_asked: the questions that were taken, of each chat by the time they were sent
 */
export const migration = {
  version: 12,
  name: 'questions-by-time',
  sql: `
    create index messages_asked on messages (chat_jid, sent_at, sender_jid) where is_trigger = 1;
  `,
} as const;
