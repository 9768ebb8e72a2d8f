/** So that what a run reads of its chat costs the same however long the chat is. */
export const migration = {
  version: 4,
  name: 'indexes-by-chat',
  sql: `
    drop index messages_recent;
    create index messages_settled on messages (chat_jid, seq)
      where state in ('answered', 'consumed', 'failed');
    drop index messages_id;
    create index outbox_by_chat on outbox (chat_jid, created_at);
  `,
} as const;
