CREATE TABLE chat_commands (
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

CREATE INDEX chat_commands_open on chat_commands (seq) where state in ('waiting', 'running');

CREATE TABLE chats (
      jid text primary key,
      name text not null default '',
      is_group integer not null,
      last_message_at integer not null
    ) strict;

CREATE TABLE ipc_requests (
      folder text not null,
      -- name of the request file
      request_id text not null,
      -- SHA-256 of the file in hex: tells a repeated request from another one under the same name
      content_hash text not null,
      reply_json text not null,
      created_at integer not null,
      primary key (folder, request_id)
    ) strict, without rowid;

CREATE INDEX ipc_requests_age on ipc_requests (folder, created_at);

CREATE TABLE media (
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

CREATE INDEX media_pending on media (message_seq) where state = 'pending';

CREATE TABLE messages (
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
      run_id text references runs (id), decision text,
      unique (chat_jid, sender_jid, id)
    ) strict;

CREATE INDEX messages_asked on messages (chat_jid, sent_at, sender_jid) where is_trigger = 1;

CREATE INDEX messages_by_chat on messages (chat_jid, seq);

CREATE INDEX messages_open on messages (chat_jid, seq) where state in ('context', 'pending');

CREATE INDEX messages_pending on messages (chat_jid) where state = 'pending';

CREATE INDEX messages_run on messages (run_id) where run_id is not null;

CREATE INDEX messages_settled on messages (chat_jid, seq)
      where state in ('answered', 'consumed', 'failed') and decision is not 'dropped';

CREATE TABLE model_cooldowns (
      name text primary key,
      class text not null,
      until integer not null,
      updated_at integer not null
    ) strict, without rowid;

CREATE TABLE model_defaults (
      agents text primary key check (agents in ('claude', 'openai')),
      setting_json text not null,
      chosen_by text not null check (chosen_by in ('person', 'sign-in')),
      updated_at integer not null
    ) strict;

CREATE TABLE model_observations (
      name text primary key,
      status text not null check (status in ('working', 'unsupported')),
      detail text,
      observed_at integer not null
    ) strict, without rowid;

CREATE TABLE outbox (
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

CREATE INDEX outbox_by_chat on outbox (chat_jid, created_at);

CREATE INDEX outbox_pending on outbox (chat_jid, seq) where state = 'pending';

CREATE TABLE run_attempts (
      run_id text not null references runs (id),
      attempt integer not null,
      provider text not null,
      model text not null,
      started_at integer not null,
      container_id text,
      container_at integer,
      -- the agent's first sign of life
      first_event_at integer,
      ended_at integer,
      outcome text check (outcome in ('answered', 'failed', 'left')),
      -- of a failed attempt
      class text,
      detail text,
      tools integer not null default 0,
      input_tokens integer,
      output_tokens integer,
      primary key (run_id, attempt)
    ) strict, without rowid;

CREATE TABLE run_denials (
      run_id text not null references runs (id),
      host text not null,
      port integer not null,
      reason text not null check (reason in ('policy', 'private_address', 'bad_host')),
      count integer not null,
      -- of the first time, unix milliseconds
      denied_at integer not null,
      primary key (run_id, host, port)
    ) strict, without rowid;

CREATE TABLE runs (
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
    , kind text not null default 'messages'
      check (kind in ('messages', 'task')), model text, tries integer not null default 1, passed_json text not null default '[]', outbox_seq integer not null default 0) strict;

CREATE INDEX runs_by_chat on runs (chat_jid, created_at);

CREATE UNIQUE INDEX runs_one_per_chat on runs (chat_jid) where state = 'running';

CREATE TABLE sessions (
      folder text not null,
      provider text not null,
      session_id text not null,
      updated_at integer not null,
      primary key (folder, provider)
    ) strict;

CREATE TABLE settings (
      key text primary key,
      value text not null
    ) strict;

CREATE TABLE task_runs (
      task_id text not null references tasks (id),
      -- the slot; of a run that somebody asked for, the time of asking
      scheduled_for integer not null,
      kind text not null check (kind in ('slot', 'manual')),
      state text not null check (state in
        ('waiting', 'running', 'answered', 'silent', 'not_woken', 'failed', 'skipped')),
      -- when it may start: later than its slot when it is tried again
      due_at integer not null,
      attempt integer not null default 0,
      -- of the last attempt
      run_id text references runs (id),
      claimed_at integer not null,
      started_at integer,
      finished_at integer,
      reason text,
      -- of all attempts
      tokens integer not null default 0,
      -- a skipped row stands for all slots from scheduled_for to before this time
      missed_until integer,
      primary key (task_id, scheduled_for)
    ) strict, without rowid;

CREATE UNIQUE INDEX task_runs_open on task_runs (task_id) where state in ('waiting', 'running');

CREATE INDEX task_runs_run on task_runs (run_id) where run_id is not null;

CREATE INDEX task_runs_waiting on task_runs (due_at) where state = 'waiting';

CREATE TABLE tasks (
      id text primary key,
      folder text not null,
      chat_jid text not null,
      prompt text not null,
      script text,
      schedule_type text not null check (schedule_type in ('cron', 'interval', 'once')),
      schedule_value text not null,
      -- IANA name
      time_zone text not null,
      -- intervals are counted from here
      anchor_at integer not null,
      context_mode text not null check (context_mode in ('group', 'isolated')),
      status text not null check (status in ('active', 'paused', 'done', 'cancelled')),
      status_reason text,
      next_run_at integer check ((next_run_at is not null) = (status = 'active')),
      -- slots in a row that failed
      failures integer not null default 0,
      created_by text not null,
      created_at integer not null,
      updated_at integer not null
    ) strict;

CREATE INDEX tasks_by_folder on tasks (folder, created_at);

CREATE INDEX tasks_due on tasks (next_run_at) where next_run_at is not null;

CREATE TABLE wa_creds (
      id integer primary key check (id = 1),
      value text not null
    ) strict;

CREATE TABLE wa_journal (
      seq integer primary key autoincrement,
      delivery text not null,
      chat text not null,
      sender text not null,
      message_id text not null,
      attrs_json text not null,
      enc_type text not null check (enc_type in ('msg', 'pkmsg', 'skmsg')),
      ciphertext_sha256 blob not null,
      plaintext blob not null,
      decrypted_at integer not null
    ) strict;

CREATE INDEX wa_journal_delivery on wa_journal (delivery);

CREATE INDEX wa_journal_message on wa_journal (chat, sender, message_id);

CREATE TABLE wa_keys (
      type text not null,
      id text not null,
      value any not null,
      primary key (type, id)
    ) strict;
