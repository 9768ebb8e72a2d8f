import type { Request, Trigger } from './ledger.ts';
import type { Visible } from './visible.ts';

const CHAT = 'family@g.us';
export const ANA = 'ana@s.whatsapp.net';
export const BEN = 'ben@s.whatsapp.net';

/** A question of Ana's. */
export function ask(token: string, messageId = `id-${token}`): Trigger {
  return { token, messageId, chat: CHAT, asker: ANA, life: 1, text: `@Assistant ${token}` };
}

/** A message of the assistant that everybody sees, unless told otherwise. */
export function show(id: string, text: string, options: Partial<Visible> = {}): Visible {
  return { id, chat: CHAT, text, quotedId: undefined, readers: new Set([ANA, BEN]), ...options };
}

export function answer(id: string, tokens: string, runId = 'run-a-1'): Visible {
  return show(id, `Answer to ${tokens} by ${runId}.`);
}

export function notice(id: string, quotedId: string): Visible {
  return show(id, 'I could not answer because something broke.', { quotedId });
}

export function request(kind: Request['kind'], token: string, task?: string): Request {
  return {
    kind,
    token,
    name: `${token}.json`,
    folder: 'family',
    chat: CHAT,
    runId: 'run-a-1',
    life: 1,
    isRecurring: false,
    ...(task === undefined ? {} : { task }),
  };
}
