import { z } from 'zod';
import type { Db } from './database.ts';

const KEY = 'whatsapp_link';

/** How the last connection to WhatsApp began or ended. Times in unix milliseconds. */
const linkStateSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('open'), at: z.number().int() }),
  z.strictObject({
    status: z.literal('stopped'),
    at: z.number().int(),
    reason: z.string(),
    mend: z.string(),
    /** The client is too old for the server. */
    isOutdated: z.boolean(),
  }),
]);
export type LinkState = z.infer<typeof linkStateSchema>;

/** Keeps what a person has to know after the host has ended, in one statement. */
export function storeLinkState(db: Db, state: LinkState): void {
  db.prepare(
    'insert into settings (key, value) values (:key, :value) on conflict do update set value = excluded.value',
  ).run({ key: KEY, value: JSON.stringify(state) });
}

/** Undefined before the first connection. */
export function findLinkState(db: Db): LinkState | undefined {
  const value = db
    .prepare<[string], string>('select value from settings where key = ?')
    .pluck()
    .get(KEY);
  return value === undefined ? undefined : linkStateSchema.parse(JSON.parse(value));
}

export function forgetLinkState(db: Db): void {
  db.prepare('delete from settings where key = ?').run(KEY);
}
