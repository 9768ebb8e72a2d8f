/**
 * Times are unix milliseconds.
 *
 * tasks.status:    active ⇄ paused → cancelled; active → done
 * task_runs.state: waiting → running → answered | silent | not_woken | failed
 *                  running → waiting (tried again); waiting → skipped; skipped from the start
 */
export const migration = {
  version: 5,
  name: 'tasks',
  sql: `
    create table tasks (
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
    create index tasks_due on tasks (next_run_at) where next_run_at is not null;
    create index tasks_by_folder on tasks (folder, created_at);

    create table task_runs (
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
    create unique index task_runs_open on task_runs (task_id) where state in ('waiting', 'running');
    create index task_runs_waiting on task_runs (due_at) where state = 'waiting';
    create index task_runs_run on task_runs (run_id) where run_id is not null;

    alter table runs add column kind text not null default 'messages'
      check (kind in ('messages', 'task'));
  `,
} as const;
