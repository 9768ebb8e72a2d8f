/**
 * What people ask of the host itself in the main chat, each message once.
 *
 * chat_commands.state: waiting → running → done | failed | interrupted
 *   interrupted: a host ended while it ran; nobody goes on with it
 */
export const migration = {
  version: 8,
  name: 'chat-commands',
  sql: `
    create table chat_commands (
      seq integer primary key,
      chat_jid text not null,
      message_id text not null,
      command text not null,
      state text not null check (state in ('waiting', 'running', 'done', 'failed', 'interrupted')),
      created_at integer not null,
      ended_at integer,
      -- what the chat was told at the end
      detail text,
      unique (chat_jid, message_id)
    ) strict;
    create index chat_commands_open on chat_commands (seq) where state in ('waiting', 'running');
  `,
} as const;
