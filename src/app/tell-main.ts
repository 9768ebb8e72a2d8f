import type { Engine } from '../engine/engine.ts';
import type { Registrations } from '../registrations/registrations.ts';

/** The log has the details; the main chat hears that something has to be mended. */
export function tellProblem(
  registrations: Registrations,
  engine: Engine | undefined,
  at: number,
): void {
  const text =
    'The last edit of registered_groups.json cannot be used, so the earlier registrations stay in force; `deckhand doctor` shows what is wrong.';
  tellMain(registrations, engine, text, `registrations:${at}`);
}

/** Once per key, over restarts. Without a main group there is only the log. */
export function tellMain(
  registrations: Registrations,
  engine: Engine | undefined,
  text: string,
  key: string,
): void {
  const main = registrations.all().find((group) => group.isMain);
  if (main !== undefined) engine?.enqueue(main.jid, text, key);
}
