import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { isPlistOf, launchdPlist } from '../../service/launchd-plist.ts';
import { STOP_TIMEOUT_S } from '../../service/service-timing.ts';
import { waitUnlessAborted } from '../../wait.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { parseLaunchdState } from './launchd-state.ts';
import type { LogRequest, ServiceManager } from './manager.ts';
import { runProgram } from './run-program.ts';

/** `Could not find service` and `No such process`: what launchctl says of a label that it does not know. */
const UNKNOWN_CODES: readonly number[] = [3, 113];

const LOOK_EVERY_MS = 200;

/** launchd's agents of the user who calls, in the session at the Mac's screen. */
export function createLaunchd(context: CliContext): ServiceManager {
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const agents = join(context.environment['HOME'] || homedir(), 'Library', 'LaunchAgents');
  const definitionPath = (name: string) => join(agents, `${name}.plist`);
  const logFile = serviceLog(context);
  const ask = (...args: readonly string[]) => askLaunchctl(context, args);
  const print = (name: string) => ask('print', `${domain}/${name}`);
  /** launchd answers before the service has ended, and would refuse to load it again until then. */
  const bootOut = async (name: string) => {
    await ask('bootout', `${domain}/${name}`);
    const patience = AbortSignal.timeout((STOP_TIMEOUT_S + 5) * 1000);
    while (!patience.aborted && (await print(name)) !== undefined) {
      await waitUnlessAborted(LOOK_EVERY_MS, AbortSignal.any([patience, context.signal]));
      context.signal.throwIfAborted();
    }
  };
  return {
    kind: 'launchd',
    definitionPath,
    makeDefinition: (plan) => Promise.resolve(launchdPlist(plan, logFile)),
    isDefinitionOf: isPlistOf,
    async state(name) {
      const printed = await print(name);
      return printed === undefined ? { status: 'unknown' } : parseLaunchdState(printed);
    },
    async enable(name) {
      await mkdir(dirname(logFile), { recursive: true, mode: 0o700 });
      await ask('enable', `${domain}/${name}`);
    },
    /** launchd reads a definition only when it is loaded, and RunAtLoad starts it. */
    async restart(name) {
      await bootOut(name);
      await ask('bootstrap', domain, definitionPath(name));
    },
    disable: bootOut,
    forget: () => Promise.resolve(),
    presenceHint: () =>
      Promise.resolve('It runs while you are logged in at this Mac, and stops when you log out.'),
    logProgram: (_name, request) => tail(logFile, request),
  };
}

/** launchd has no journal: what the host writes goes into this file. */
function serviceLog(context: CliContext): string {
  return join(installationPaths(context).logs, 'service.log');
}

function tail(file: string, { lines, follow }: LogRequest): readonly [string, ...string[]] {
  return ['tail', '-n', String(lines), ...(follow ? ['-F'] : []), file];
}

/** Undefined when launchd does not know the service. */
async function askLaunchctl(
  context: CliContext,
  args: readonly string[],
): Promise<string | undefined> {
  const { environment, signal } = context;
  const end = await runProgram('launchctl', args, { environment, signal });
  if (end.status === 'missing') {
    throw new CliError(EXIT.failed, 'There is no `launchctl` on this system’s search path.');
  }
  if (end.code === 0) return end.stdout;
  if (UNKNOWN_CODES.includes(end.code)) return undefined;
  const reason = end.stderr.trim().split('\n')[0] || `exit code ${end.code}`;
  throw new CliError(
    EXIT.failed,
    `\`launchctl ${args.join(' ')}\` did not work: ${reason}. Run this in a terminal on the Mac itself, logged in ` +
      'at its screen.',
  );
}
