import { createChatCommandStore } from './chat-commands.ts';
import { createChats } from './chats.ts';
import type { Db } from './database.ts';
import { createInbox } from './inbox.ts';
import { createLinkTimes } from './link-times.ts';
import { createMedia } from './media.ts';
import { createMessageLookup } from './message-lookup.ts';
import { createModelStore } from './models.ts';
import { createOutbox } from './outbox.ts';
import { createQuestionTimes } from './question-times.ts';
import { createRunAttempts } from './run-attempts.ts';
import { createRunDenials } from './run-denials.ts';
import { createRunUsage } from './run-usage.ts';
import { createRuns } from './runs.ts';
import { createSessions } from './sessions.ts';
import { createTaskRuns } from './task-runs.ts';
import { createTasks } from './tasks.ts';

export type Stores = ReturnType<typeof createStores>;

/** The operations on every table family that the engine works with, their statements prepared once. */
export function createStores(db: Db) {
  return {
    chatCommands: createChatCommandStore(db),
    chats: createChats(db),
    inbox: createInbox(db),
    linkTimes: createLinkTimes(db),
    lookup: createMessageLookup(db),
    media: createMedia(db),
    models: createModelStore(db),
    outbox: createOutbox(db),
    questionTimes: createQuestionTimes(db),
    runAttempts: createRunAttempts(db),
    runDenials: createRunDenials(db),
    runs: createRuns(db),
    runUsage: createRunUsage(db),
    sessions: createSessions(db),
    tasks: createTasks(db),
    taskRuns: createTaskRuns(db),
  };
}
