import { migration as messagesRunsOutbox } from './001-messages-runs-outbox.ts';
import { migration as whatsappKeys } from './002-whatsapp-keys.ts';
import { migration as ipcRequests } from './003-ipc-requests.ts';
import { migration as indexesByChat } from './004-indexes-by-chat.ts';
import { migration as tasks } from './005-tasks.ts';
import { migration as media } from './006-media.ts';
import { migration as models } from './007-models.ts';
import { migration as chatCommands } from './008-chat-commands.ts';
import { migration as decisionsAndAttempts } from './009-decisions-and-attempts.ts';
import { migration as runsInOutboxOrder } from './010-runs-in-outbox-order.ts';
import { migration as runDenials } from './011-run-denials.ts';
import { migration as questionsByTime } from './012-questions-by-time.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** In order and without gaps. Forward only: a landed migration is never edited. */
export const migrations: readonly Migration[] = [
  messagesRunsOutbox,
  whatsappKeys,
  ipcRequests,
  indexesByChat,
  tasks,
  media,
  models,
  chatCommands,
  decisionsAndAttempts,
  runsInOutboxOrder,
  runDenials,
  questionsByTime,
];
