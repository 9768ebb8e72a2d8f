/**
 * What a message went through, so that it can be told later.
 *
 * messages.decision: why the message asks for an answer or does not; see core/decision.ts. Null for messages that an
 *                    earlier version stored
 * messages_settled:  a chat's conversation, of which dropped messages are no part
 * run_attempts:      one row per attempt of a run; times in unix milliseconds, null when it did not get that far
 */
export const migration = {
  version: 9,
  name: 'decisions-and-attempts',
  sql: `
    alter table messages add column decision text;
    drop index messages_settled;
    create index messages_settled on messages (chat_jid, seq)
      where state in ('answered', 'consumed', 'failed') and decision is not 'dropped';
    create table run_attempts (
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
  `,
} as const;
