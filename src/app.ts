import { type Agents, createAgents } from './app-agents.ts';
import { createChannel } from './app-channel.ts';
import type { WhatsAppChannel } from './channels/whatsapp/channel.ts';
import { type Now, systemNow } from './clock.ts';
import type { Config } from './config.ts';
import type { RegisteredGroup } from './core/group.ts';
import type { Jid } from './core/message.ts';
import { createResolveCredential } from './credentials/resolve-credential.ts';
import { openDatabase } from './db/database.ts';
import { acquireInstanceLock } from './db/instance-lock.ts';
import { createRuns } from './db/runs.ts';
import { installationId } from './db/settings.ts';
import type { Activity, ReportActivity } from './engine/activity.ts';
import { Engine } from './engine/engine.ts';
import { prepareFolders } from './host-folders.ts';
import type { RequestOrigin } from './ipc/command.ts';
import { createMessageCommand } from './ipc/commands/message.ts';
import { createMailboxes, type Mailboxes } from './ipc/mailboxes.ts';
import { createLogger, type Logger } from './logger.ts';
import { hostPaths } from './paths.ts';
import type { ChannelState } from './ports.ts';
import { createRegistrations, type Registrations } from './registrations/registrations.ts';
import { readOwnedFile } from './safe-file.ts';

const MAX_MEMORY_BYTES = 256 * 1024;

export interface AppOverrides {
  /** Folder with the program's sources. */
  readonly projectRoot: string;
  readonly logger?: Logger;
  readonly now?: Now;
  readonly report?: ReportActivity;
  /** Who runs the agents, instead of the configured runtime. */
  readonly agents?: Agents;
  readonly onChannelState?: (state: ChannelState) => void;
}

/** Why {@link App.run} returned. */
export type AppEnd = { reason: 'stopped' } | { reason: 'channel'; state: ChannelState };

/** The whole host. Dispose it after `run` has returned. */
export interface App {
  /** Serves until the signal aborts or the link ends for good. */
  run(signal: AbortSignal): Promise<AppEnd>;
  readonly engine: Engine;
  readonly channel: WhatsAppChannel;
  readonly registrations: Registrations;
  readonly mailboxes: Mailboxes;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens everything the host owns, in the order in which it depends on each other. Rejects with an error that
 * says what to do when the folder is in use, the database is newer or the registrations are broken.
 */
export async function createApp(config: Config, overrides: AppOverrides): Promise<App> {
  const { now = systemNow, logger = createLogger(config.logLevel) } = overrides;
  const paths = hostPaths(config.home);
  await using stack = new AsyncDisposableStack();
  await prepareFolders(paths);
  stack.use(acquireInstanceLock(paths.lock));
  const db = openDatabase(paths.database);
  stack.defer(() => void db.close());

  const registrations = await createRegistrations({
    path: paths.registrations,
    logger,
    now,
    onChange: (changes) => void followRegistrations(changes.removed),
  });
  stack.use(registrations);
  const { projectRoot } = overrides;
  const agents =
    overrides.agents ??
    (await createAgents(config, {
      paths,
      logger,
      projectRoot,
      installationId: installationId(db),
    }));

  const ended = Promise.withResolvers<ChannelState>();
  const channel = createChannel(
    { config, db, now, logger },
    {
      onMessage: (message) => void engine.ingest(message),
      findOutbound: (id) => engine.findOutbound(id),
      onState(state) {
        engine.setChannelState(state);
        overrides.onChannelState?.(state);
        if (state.status === 'stopped' || state.status === 'unlinked') ended.resolve(state);
      },
    },
  );
  const engine = new Engine({
    db,
    channel,
    runner: agents.runner,
    settings: config,
    findGroup: (jid) => registrations.get(jid),
    resolveCredential: createResolveCredential({ secrets: config.secrets, paths, now }),
    readGlobalMemory: async () => (await readOwnedFile(paths.globalMemory, MAX_MEMORY_BYTES)) ?? '',
    settleRequests: (folder) => mailboxes.settle(folder),
    now,
    logger,
    report,
  });
  const mailboxes = await createMailboxes({
    paths,
    db,
    groups: registrations,
    commands: {
      messages: [createMessageCommand({ groups: registrations, now, enqueueMessage })],
      tasks: [],
    },
    logger,
    now,
  });
  stack.use(mailboxes);
  stack.use(engine);
  // Let go of the runs first: the engine waits for them.
  stack.use(agents.runner);

  function enqueueMessage(chatJid: Jid, text: string, origin: RequestOrigin) {
    const key = `ipc:${origin.folder}:${origin.requestId}:${origin.acceptedAt}`;
    return { messageId: engine.enqueue(chatJid, text, key) };
  }

  function report(activity: Activity): void {
    overrides.report?.(activity);
    const isBusy = activity.type === 'run_started';
    if (!isBusy && activity.type !== 'answered' && activity.type !== 'failed') return;
    const group = registrations.get(activity.chatJid);
    if (group !== undefined) mailboxes.setActive(group.folder, isBusy);
  }

  async function followRegistrations(removed: readonly RegisteredGroup[]): Promise<void> {
    if (!isServing) return;
    try {
      for (const group of removed) await agents.runner.release(group.folder);
      await mailboxes.setFolders(registrations.all().map((group) => group.folder));
    } catch (error) {
      logger.error({ err: error }, 'mailboxes do not follow the registrations');
    }
  }

  let isServing = false;
  const resources = stack.move();
  return {
    engine,
    channel,
    registrations,
    mailboxes,
    async run(signal) {
      await agents.prepare(foldersWithRuns(), signal);
      isServing = true;
      await followRegistrations([]);
      engine.recover();
      return serve(channel, ended.promise, signal);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };

  function foldersWithRuns(): Set<string> {
    return new Set(
      createRuns(db)
        .running()
        .map((run) => run.folder),
    );
  }
}

async function serve(
  channel: WhatsAppChannel,
  ended: Promise<ChannelState>,
  signal: AbortSignal,
): Promise<AppEnd> {
  const stop = new AbortController();
  const running = channel.run(AbortSignal.any([signal, stop.signal]));
  const end = await Promise.race([
    running.then((): AppEnd => ({ reason: 'stopped' })),
    ended.then((state): AppEnd => ({ reason: 'channel', state })),
  ]);
  stop.abort();
  await running;
  return end;
}
