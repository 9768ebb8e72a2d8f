/**
 * Times are unix milliseconds. JSON columns are checked by zod where they are read.
 *
 * messages.state: context → claimed → consumed          (not triggered, given to a run as background)
 *                 pending → claimed → answered | failed (triggered)
 * runs.state:     running → answered | failed | cancelled
 * outbox.state:   pending → acked | rejected
 */
export const migration = {
  version: 1,
  name: 'messages-runs-outbox',
  sql: `
    create table settings (
      key text primary key,
      value text not null
    ) strict;

    create table chats (
      jid text primary key,
      name text not null default '',
      is_group integer not null,
      last_message_at integer not null
    ) strict;

    create table messages (
      seq integer primary key autoincrement,
      chat_jid text not null,
      sender_jid text not null,
      id text not null,
      sender_name text not null,
      sent_at integer not null,
      received_at integer not null,
      text text not null,
      is_from_me integer not null,
      quoted_json text,
      state text not null check (state in ('context', 'pending', 'claimed', 'answered', 'consumed', 'failed')),
      is_trigger integer not null,
      run_id text references runs (id),
      unique (chat_jid, sender_jid, id)
    ) strict;
    create index messages_open on messages (chat_jid, seq) where state in ('context', 'pending');
    create index messages_pending on messages (chat_jid) where state = 'pending';
    create index messages_run on messages (run_id) where run_id is not null;
    create index messages_recent on messages (chat_jid, sent_at);
    create index messages_id on messages (id);

    create table runs (
      id text primary key,
      chat_jid text not null,
      folder text not null,
      provider text not null,
      state text not null check (state in ('running', 'answered', 'failed', 'cancelled')),
      attempt integer not null,
      container_id text,
      created_at integer not null,
      started_at integer,
      finished_at integer,
      reason text,
      detail text,
      input_tokens integer,
      output_tokens integer
    ) strict;
    create unique index runs_one_per_chat on runs (chat_jid) where state = 'running';
    create index runs_by_chat on runs (chat_jid, created_at);

    create table outbox (
      seq integer primary key autoincrement,
      id text not null unique,
      chat_jid text not null,
      -- what the row came from, e.g. run:<id>:<part> or ipc:<folder>:<file>; unique, so a replay adds nothing
      origin text not null unique,
      payload_json text not null,
      state text not null check (state in ('pending', 'acked', 'rejected')),
      attempts integer not null default 0,
      created_at integer not null,
      settled_at integer,
      reason text
    ) strict;
    create index outbox_pending on outbox (chat_jid, seq) where state = 'pending';

    create table sessions (
      folder text not null,
      provider text not null,
      session_id text not null,
      updated_at integer not null,
      primary key (folder, provider)
    ) strict;
  `,
} as const;
