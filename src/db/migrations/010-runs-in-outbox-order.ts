/**
 * What a run's agent has sent by files, without asking the clock, which can be set back meanwhile.
 *
 * runs.outbox_seq: the newest row of the outbox when the run was claimed; for a run of an earlier version as its
 *                  time tells
 */
export const migration = {
  version: 10,
  name: 'runs-in-outbox-order',
  sql: `
    alter table runs add column outbox_seq integer not null default 0;
    update runs set outbox_seq = coalesce(
      (select max(seq) from outbox where outbox.created_at < runs.created_at), 0
    ) where state = 'running';
  `,
} as const;
