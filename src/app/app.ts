import type { Config } from '../config.ts';
import { createChats } from '../db/chats.ts';
import { createOutbox } from '../db/outbox.ts';
import { createRunDenials } from '../db/run-denials.ts';
import { createRuns } from '../db/runs.ts';
import { installationId } from '../db/settings.ts';
import { createDenialNotes } from '../egress/note-denials.ts';
import type { ReportActivity } from '../engine/activity.ts';
import type { Engine } from '../engine/engine.ts';
import { createLogCensor } from '../log-censor.ts';
import { createSpool } from '../media/spool.ts';
import type { Channel, ChannelState, Gateway } from '../ports.ts';
import { createRegistrations, type Registrations } from '../registrations/registrations.ts';
import { ensureSecret } from '../secret-file.ts';
import { followTasksNudge } from '../tasks-nudge.ts';
import { type Agents, createAgents } from './agents.ts';
import { type AppBase, type BaseOverrides, openBase } from './base.ts';
import { createChannel } from './channel.ts';
import { createCredentials } from './credentials.ts';
import { createAppGateway } from './gateway.ts';
import { createHostEngine } from './host-engine.ts';
import { rememberLink } from './link-state.ts';
import { createMailboxFollower, type MailboxFollower } from './mailboxes.ts';
import { nameGroups } from './name-groups.ts';
import type { Outlets } from './outlets.ts';
import { prepareAgents } from './prepare-agents.ts';
import type { StopStep } from './stop-step.ts';
import { createHostSnapshots, showStateBeforeRuns } from './task-commands.ts';
import { tellMain, tellProblem } from './tell-main.ts';

export interface AppOverrides extends BaseOverrides {
  /** Folder with the program's sources. */
  readonly projectRoot: string;
  readonly report?: ReportActivity;
  /** Whenever the link to WhatsApp changes. */
  readonly onChannelState?: (state: ChannelState) => void;
  /** After every change of the registrations, whoever made it. */
  readonly onGroupsChanged?: () => void;
  /** The disposal comes to a step. */
  readonly onStopStep?: (step: StopStep) => void;
  /** Who runs the agents, instead of the configured runtime. */
  readonly agents?: Agents;
  /** What stands for the link to WhatsApp, instead of the link itself. */
  readonly createChannel?: typeof createChannel;
}

/** Why {@link App.run} returned. */
export type AppEnd = { reason: 'stopped' } | { reason: 'channel'; state: ChannelState };

/** The whole host. Dispose it after `run` has returned. */
export interface App {
  /** Serves until the signal aborts or the link ends for good. */
  run(signal: AbortSignal): Promise<AppEnd>;
  readonly engine: Engine;
  readonly registrations: Registrations;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens everything the host owns, in the order in which it depends on each other. Rejects with an error that
 * says what to do when the folder is in use, the database is newer or the registrations are broken.
 */
export async function createApp(config: Config, overrides: AppOverrides): Promise<App> {
  await using stack = new AsyncDisposableStack();
  const base = await openBase(config, overrides, stack);
  const { db, logger, now, paths } = base;
  const announce = (step: StopStep) => stack.defer(() => overrides.onStopStep?.(step));
  const ended = Promise.withResolvers<ChannelState>();
  // The registrations can change before those who follow them exist.
  let mailboxes: MailboxFollower | undefined;
  let engine: Engine | undefined;
  let doors: Gateway | undefined;

  const registrations = stack.use(
    await createRegistrations({
      path: paths.registrations,
      logger,
      now,
      onChange(changes) {
        mailboxes?.follow(changes);
        doors?.recheck();
        overrides.onGroupsChanged?.();
      },
      onProblem: () => tellProblem(registrations, engine, now()),
    }),
  );
  announce('database');
  const agents = overrides.agents ?? (await openAgents(base, overrides.projectRoot, registrations));
  const openChannel = overrides.createChannel ?? createChannel;
  const { channel, isLinked, ownJids } = openChannel(base, {
    onMessage: (message) => void serving.ingest(message),
    findOutbound: (id) => serving.findOutbound(id),
    onCaughtUp: () => serving.onCaughtUp(),
    onState(state) {
      rememberLink(base, state);
      serving.setChannelState(state);
      overrides.onChannelState?.(state);
      if (state.status === 'open') void nameGroups(channel, createChats(db), logger);
      if (state.status === 'stopped' || state.status === 'unlinked') ended.resolve(state);
    },
  });
  const snapshots = createHostSnapshots(base, registrations);
  const runner = showStateBeforeRuns(agents.runner, snapshots, base);
  const gateway = await openGateway(base, agents.outlets, registrations);
  doors = gateway;
  const credentials = createCredentials(base, {
    mayHold: (group) => agents.outlets.mayHoldCredentials(group),
    groups: () => registrations.all(),
    handOver: (path) => agents.handOver(path),
    tellMain: (text, key) => tellMain(registrations, engine, text, key),
  });
  const parts = { registrations, channel, runner, gateway, credentials };
  const serving = createHostEngine(base, parts, {
    settleRequests: async (folder) => mailboxes?.settle(folder),
    recoveringRequests: (folder) => mailboxes?.recovering(folder),
    report(activity) {
      overrides.report?.(activity);
      mailboxes?.observe(activity);
    },
  });
  engine = serving;
  // What an earlier host decrypted but did not store comes in before the link opens.
  serving.setOwnJids(ownJids());
  const following = await createMailboxFollower(base, {
    registrations,
    agents,
    engine,
    snapshots,
    refreshGroups: () => nameGroups(channel, createChats(db), logger),
  });
  mailboxes = following;
  stack.use(following);
  const onNudge = () => serving.onTasksChanged();
  stack.use(await followTasksNudge({ path: paths.tasksNudge, onNudge, logger }));
  announce('mailboxes');
  stack.use(serving);
  announce('engine');
  // After the runs: one that ends may still ask its model, or for a new token.
  stack.use(gateway);
  stack.use(credentials.refresher);
  announce('sign-ins');
  // Before the engine, which waits for the runs that the runner lets go of.
  stack.use(agents.runner);
  // Before those: what they ask in between is asked of the next host.
  stack.defer(() => gateway.stopListening());
  // First of all: a turn that started now would spend one of its run's attempts.
  stack.defer(() => serving.stop());
  announce('agents');

  const resources = stack.move();
  return {
    engine,
    registrations,
    async run(signal) {
      if (!isLinked()) return { reason: 'channel', state: { status: 'unlinked' } };
      await prepareAgents({ agents, registrations, engine: serving, runs: createRuns(db) }, signal);
      await createSpool({ root: paths.spool, logger }).sweep(createOutbox(db).spooled());
      await following.start();
      credentials.refresher.start();
      serving.recover();
      return serve(channel, ended.promise, signal);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function openAgents(
  { config, db, logger, paths }: AppBase,
  projectRoot: string,
  registrations: Registrations,
): Promise<Agents> {
  return createAgents(config, {
    paths,
    projectRoot,
    installationId: installationId(db),
    doorFolder: (folder) => paths.doorFolder(folder),
    findByFolder: (folder) => registrations.byFolder(folder),
    logger,
  });
}

async function openGateway(
  base: AppBase,
  outlets: Outlets,
  registrations: Registrations,
): Promise<Gateway> {
  const { config, db, paths } = base;
  const censor = createLogCensor(Object.values(config.secrets));
  return createAppGateway(base, {
    outlets,
    doorFolder: (folder) => paths.doorFolder(folder),
    key: await ensureSecret(paths.gatewayKey),
    findByFolder: (folder) => registrations.byFolder(folder),
    noteDenial: createDenialNotes({ ...base, censor, runDenials: createRunDenials(db) }),
  });
}

async function serve(
  channel: Channel,
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
