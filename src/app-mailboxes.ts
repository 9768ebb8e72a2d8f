import type { AppBase } from './app.ts';
import type { Agents } from './app-agents.ts';
import type { RegisteredGroup } from './core/group.ts';
import type { Jid } from './core/message.ts';
import type { Activity } from './engine/activity.ts';
import type { Engine } from './engine/engine.ts';
import type { Accepted, RequestOrigin } from './ipc/command.ts';
import { createMessageCommand } from './ipc/commands/message.ts';
import { createMailboxes } from './ipc/mailboxes.ts';
import type { Registrations } from './registrations/registrations.ts';

export interface MailboxFollowerParts {
  readonly registrations: Registrations;
  readonly agents: Agents;
  readonly engine: Engine;
}

export interface MailboxFollower {
  /** Serves the registered groups from now on. */
  start(): Promise<void>;
  /** The registrations have changed. Before `start` there is nothing to follow. */
  follow(removed: readonly RegisteredGroup[]): void;
  /** A group with a run is looked at more often. */
  observe(activity: Activity): void;
  settle(folder: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Keeps the mailboxes in step with the registrations and with the runs. */
export async function createMailboxFollower(
  { paths, db, logger, now }: AppBase,
  { registrations, agents, engine }: MailboxFollowerParts,
): Promise<MailboxFollower> {
  const enqueueMessage = (chatJid: Jid, text: string, origin: RequestOrigin): Accepted => {
    const { folder, requestId, acceptedAt } = origin;
    return { messageId: engine.enqueue(chatJid, text, `ipc:${folder}:${requestId}:${acceptedAt}`) };
  };
  const message = createMessageCommand({ groups: registrations, now, enqueueMessage });
  const commands = { messages: [message], tasks: [] };
  const mailboxes = await createMailboxes({
    paths,
    db,
    groups: registrations,
    commands,
    logger,
    now,
  });
  let isServing = false;

  const serveRegistered = () =>
    mailboxes.setFolders(registrations.all().map((group) => group.folder));

  async function catchUp(removed: readonly RegisteredGroup[]): Promise<void> {
    try {
      for (const group of removed) await agents.runner.release(group.folder);
      await serveRegistered();
    } catch (error) {
      logger.error({ err: error }, 'mailboxes do not follow the registrations');
    }
  }

  return {
    async start() {
      isServing = true;
      await serveRegistered();
    },
    follow(removed) {
      if (isServing) void catchUp(removed);
    },
    observe(activity) {
      const isStart = activity.type === 'run_started';
      if (!isStart && activity.type !== 'answered' && activity.type !== 'failed') return;
      const group = registrations.get(activity.chatJid);
      if (group !== undefined) mailboxes.setActive(group.folder, isStart);
    },
    settle: (folder) => mailboxes.settle(folder),
    [Symbol.asyncDispose]: () => mailboxes[Symbol.asyncDispose](),
  };
}
