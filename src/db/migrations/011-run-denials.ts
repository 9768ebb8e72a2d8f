/**
 * Where agents wanted to go and might not.
 *
 * run_denials: one row per run and destination; the host as it was cleaned for people, port 0 where none could be read
 */
export const migration = {
  version: 11,
  name: 'run-denials',
  sql: `
    create table run_denials (
      run_id text not null references runs (id),
      host text not null,
      port integer not null,
      reason text not null check (reason in ('policy', 'private_address', 'bad_host')),
      count integer not null,
      -- of the first time, unix milliseconds
      denied_at integer not null,
      primary key (run_id, host, port)
    ) strict, without rowid;
  `,
} as const;
