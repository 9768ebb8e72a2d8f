import type { Jid } from '../core/message.ts';
import type { RegistrationChanges } from '../core/registration.ts';
import type { Activity } from '../engine/activity.ts';
import type { Engine } from '../engine/engine.ts';
import { createMailboxes, type Mailboxes } from '../ipc/mailboxes.ts';
import type { Snapshots } from '../ipc/snapshots.ts';
import type { Registrations } from '../registrations/registrations.ts';
import type { Agents } from './agents.ts';
import type { AppBase } from './base.ts';
import { createMessageCommands } from './message-commands.ts';
import { createTaskBoxCommands } from './task-commands.ts';

export interface MailboxFollowerParts {
  readonly registrations: Registrations;
  readonly agents: Agents;
  readonly engine: Engine;
  readonly snapshots: Snapshots;
  readonly refreshGroups: () => Promise<boolean>;
}

export interface MailboxFollower {
  /** Serves the registered groups from now on. */
  start(): Promise<void>;
  /** The registrations have changed. Before `start` there is nothing to follow. */
  follow(changes: RegistrationChanges): void;
  /** A group with a run is looked at more often. */
  observe(activity: Activity): void;
  settle(folder: string): Promise<void>;
  recovering: Mailboxes['recovering'];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Keeps the mailboxes in step with the registrations and with the runs. */
export async function createMailboxFollower(
  base: AppBase,
  parts: MailboxFollowerParts,
): Promise<MailboxFollower> {
  const { registrations, agents, engine, snapshots } = parts;
  const { paths, db, logger, now } = base;
  const commands = {
    messages: createMessageCommands(base, parts),
    tasks: createTaskBoxCommands(base, parts),
  };
  const mailboxes = await createMailboxes({
    paths,
    db,
    groups: registrations,
    commands,
    logger,
    now,
  });
  let isServing = false;
  let following = Promise.resolve();

  const serveRegistered = () =>
    mailboxes.setFolders(registrations.all().map((group) => group.folder));

  async function catchUp({ added, removed }: RegistrationChanges): Promise<void> {
    try {
      const releases = removed.map((group) => agents.runner.release(group.folder));
      await Promise.all([serveRegistered(), ...releases]);
      await snapshots.writeGroups();
      // Messages may have waited since before the group was removed.
      if (added.length > 0) engine.recover();
    } catch (error) {
      logger.error({ err: error }, 'mailboxes do not follow the registrations');
    }
  }

  return {
    async start() {
      isServing = true;
      await serveRegistered();
    },
    follow(changes) {
      if (isServing) following = following.then(() => catchUp(changes));
    },
    observe: createObserver(registrations, mailboxes),
    settle: (folder) => mailboxes.settle(folder),
    recovering: (folder) => mailboxes.recovering(folder),
    async [Symbol.asyncDispose]() {
      isServing = false;
      await following;
      await mailboxes[Symbol.asyncDispose]();
    },
  };
}

function createObserver(
  registrations: Pick<Registrations, 'get'>,
  mailboxes: Pick<Mailboxes, 'setActive'>,
): (activity: Activity) => void {
  /** Where a run is going on: its chat may be registered otherwise, or not at all, when it ends. */
  const activeFolders = new Map<Jid, string>();
  return (activity) => {
    const { type } = activity;
    if (type !== 'run_started' && type !== 'answered' && type !== 'failed') return;
    const { chatJid } = activity;
    const before = activeFolders.get(chatJid);
    if (before !== undefined) mailboxes.setActive(before, false);
    activeFolders.delete(chatJid);
    const folder = type === 'run_started' ? registrations.get(chatJid)?.folder : undefined;
    if (folder === undefined) return;
    activeFolders.set(chatJid, folder);
    mailboxes.setActive(folder, true);
  };
}
