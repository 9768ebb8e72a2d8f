import type { Provider } from '@deckhand/protocol';
import { type RegisteredGroup, registeredGroupSchema } from '../group.ts';

export const TERMINAL_FOLDER = 'terminal';

/** Stands in where no group is registered that a question could go to. No host serves its mailbox. */
export function terminalGroup(provider: Provider): RegisteredGroup {
  return registeredGroupSchema.parse({
    jid: 'terminal@g.us',
    name: 'Terminal',
    folder: TERMINAL_FOLDER,
    provider,
  });
}
