import { systemAfter, systemNow } from '../clock.ts';
import type { Config } from '../config.ts';
import { acquireInstanceLock } from '../db/instance-lock.ts';
import type { Activity } from '../engine/activity.ts';
import { prepareFolders } from '../host-folders.ts';
import type { Logger } from '../logger.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import type { ChannelState } from '../ports.ts';
import { ensureSecret } from '../secret-file.ts';
import { Console } from '../web/console.ts';
import type { App, AppOverrides } from './app.ts';
import { createServingHost, followContainers } from './console-host.ts';

export interface HostConsoleOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly logger: Logger;
}

/** The web console of one installation, and what it follows of the host. */
export interface HostConsole extends AsyncDisposable {
  readonly web: Console;
  readonly paths: HostPaths;
  /** To be given to the host, which tells by them what happens. */
  readonly overrides: Required<Pick<AppOverrides, 'report' | 'onChannelState' | 'onGroupsChanged'>>;
  /** Shows a host until the result is disposed, which must come before the host's own end. */
  follow(app: App): AsyncDisposable;
  /** Resolves when somebody asks for a new code in the page, or the signal aborts. */
  waitForLinkAgain(signal: AbortSignal): Promise<void>;
}

/**
 * Opens the pages before the host serves. Rejects when another host has the installation, the port is taken or the
 * stored token cannot be used; the messages say what to do.
 */
export async function openConsole(
  config: Config,
  { port, logger }: HostConsoleOptions,
): Promise<HostConsole> {
  const paths = hostPaths(config.home);
  await prepareFolders(paths, logger);
  // A second host would otherwise complain of the port that the first one's console has.
  acquireInstanceLock(paths.lock)[Symbol.dispose]();
  const asked = new EventTarget();
  const web = await Console.open(
    {
      now: systemNow,
      after: systemAfter,
      logger,
      timeZone: config.timeZone,
      token: await ensureSecret(paths.consoleToken),
      logFolder: paths.logs,
    },
    { port, linkAgain: () => void asked.dispatchEvent(new Event('link-again')) },
  );
  return {
    web,
    paths,
    overrides: {
      report: (activity) => noteActivity(web, activity),
      onChannelState: (state) => showChannel(web, state),
      onGroupsChanged: () => web.note('groups'),
    },
    follow(app) {
      const host = createServingHost(config, paths, app);
      web.setHost(host);
      const gone = new AbortController();
      const followed = followContainers(config, host, () => web.note('host'), gone.signal);
      return {
        async [Symbol.asyncDispose]() {
          web.setHost(undefined);
          gone.abort();
          await followed;
          host.db.close();
        },
      };
    },
    waitForLinkAgain: (signal) => waitForEvent(asked, 'link-again', signal),
    [Symbol.asyncDispose]: () => web[Symbol.asyncDispose](),
  };
}

function showChannel(web: Console, state: ChannelState): void {
  web.setChannel(state);
  if (state.status === 'open' || state.status === 'connecting') web.setLink({ status: 'linked' });
}

/** A slot that is skipped shows by what its chat is told. */
const MOVES_TASKS: readonly Activity['type'][] = [
  'tasks_changed',
  'queued',
  'run_started',
  'answered',
  'failed',
  'sending',
];

/** How far an agent has come is not shown, and comes often. */
function noteActivity(web: Console, { type }: Activity): void {
  if (type === 'progress') return;
  if (type !== 'tasks_changed') web.note('runs');
  if (MOVES_TASKS.includes(type)) web.note('tasks');
}

function waitForEvent(target: EventTarget, name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const stop = new AbortController();
    const end = () => {
      stop.abort();
      resolve();
    };
    target.addEventListener(name, end, { signal: stop.signal });
    signal.addEventListener('abort', end, { signal: stop.signal });
  });
}
