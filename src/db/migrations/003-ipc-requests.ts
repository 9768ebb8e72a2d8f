/**
 * One row per mailbox request that had an effect, written in the transaction of that effect. Times are
 * unix milliseconds.
 */
export const migration = {
  version: 3,
  name: 'ipc-requests',
  sql: `
    create table ipc_requests (
      folder text not null,
      -- name of the request file
      request_id text not null,
      -- SHA-256 of the file in hex: tells a repeated request from another one under the same name
      content_hash text not null,
      reply_json text not null,
      created_at integer not null,
      primary key (folder, request_id)
    ) strict, without rowid;
    create index ipc_requests_age on ipc_requests (folder, created_at);
  `,
} as const;
