/**
 * Files that came with messages. `source_json` says where the channel finds the file and with which key.
 *
 * media.state: pending → stored | failed | too_large
 */
export const migration = {
  version: 6,
  name: 'media',
  sql: `
    create table media (
      message_seq integer primary key references messages (seq),
      kind text not null check (kind in ('image', 'video', 'voice', 'audio', 'document', 'sticker')),
      -- as the sender gave it: data only
      file_name text,
      -- as the sender gave it, before the download; then the true one
      byte_size integer,
      source_json text not null,
      state text not null check (state in ('pending', 'stored', 'failed', 'too_large')),
      attempts integer not null default 0,
      -- below the group's folder
      path text,
      -- by the content, of a fixed list
      mimetype text,
      reason text
    ) strict;
    create index media_pending on media (message_seq) where state = 'pending';
    create index messages_by_chat on messages (chat_jid, seq);
  `,
} as const;
