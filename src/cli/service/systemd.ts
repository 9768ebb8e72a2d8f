import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { isUnitOf, systemdUnit } from '../../service/systemd-unit.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import type { LogRequest, ServiceManager } from './manager.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';
import { parseSystemdState, STATE_PROPERTIES } from './systemd-state.ts';

const NO_SYSTEMD =
  'This system has no systemd, so that Deckhand cannot install a service here. Let your system’s own service ' +
  'manager run `npx deckhand start`, or run it in a terminal.';

/** Systemd's manager of the user who calls. */
export function createSystemd(context: CliContext): ServiceManager {
  const ask = (...args: readonly string[]) => askSystemctl(context, args);
  const home = context.environment['HOME'] || homedir();
  const unitFolder = join(
    context.environment['XDG_CONFIG_HOME'] || join(home, '.config'),
    'systemd',
    'user',
  );
  return {
    kind: 'systemd',
    definitionPath: (name) => join(unitFolder, `${name}.service`),
    async makeDefinition(plan) {
      const version = /^Version=(\d+)/m.exec(await ask('show', '--property=Version'))?.[1];
      return systemdUnit(plan, Number(version ?? 0));
    },
    isDefinitionOf: isUnitOf,
    async state(name) {
      return parseSystemdState(
        await ask('show', `--property=${STATE_PROPERTIES}`, `${name}.service`),
      );
    },
    async enable(name) {
      await ask('daemon-reload');
      await ask('enable', `${name}.service`);
    },
    async restart(name) {
      await ask('--no-block', 'restart', `${name}.service`);
    },
    async disable(name) {
      const unit = `${name}.service`;
      await ask('disable', '--now', unit);
      // Otherwise a failed one is listed for ever, also after its file has gone.
      const after = parseSystemdState(await ask('show', `--property=${STATE_PROPERTIES}`, unit));
      if (after.status === 'failed') await ask('reset-failed', unit);
    },
    async forget() {
      await ask('daemon-reload');
    },
    presenceHint: () => lingerHint(context),
    logProgram,
  };
}

function logProgram(
  name: string,
  { lines, follow, json }: LogRequest,
): readonly [string, ...string[]] {
  const output = json ? 'json' : 'short-iso';
  const args = ['--user', `--unit=${name}.service`, '--no-pager', '--quiet'];
  return [
    'journalctl',
    ...args,
    `--output=${output}`,
    `--lines=${lines}`,
    ...(follow ? ['--follow'] : []),
  ];
}

async function askSystemctl(context: CliContext, args: readonly string[]): Promise<string> {
  const end = await run(context, 'systemctl', ['--user', ...args]);
  if (end.status === 'missing') throw new CliError(EXIT.failed, NO_SYSTEMD);
  if (end.code === 0) return end.stdout;
  const reason = end.stderr.trim().split('\n')[0] || `exit code ${end.code}`;
  if (/connect to (the )?(user scope )?bus|booted with systemd|no medium found/i.test(reason)) {
    throw new CliError(EXIT.failed, unreachable(reason));
  }
  throw new CliError(EXIT.failed, `\`systemctl --user ${args.join(' ')}\` did not work: ${reason}`);
}

function unreachable(reason: string): string {
  const { username } = userInfo();
  return (
    `The systemd manager of user ${username} cannot be reached (${reason}). Log in as this user itself, not with ` +
    `su or sudo, or have it kept running with \`sudo loginctl enable-linger ${username}\`; then run this again. ` +
    'Without systemd, as in a container, run `npx deckhand start` instead.'
  );
}

/** Undefined as well when it cannot be found out: then there is nothing to say. */
async function lingerHint(context: CliContext): Promise<string | undefined> {
  const { username } = userInfo();
  const end = await run(context, 'loginctl', ['show-user', username, '--property=Linger']);
  if (end.status === 'missing' || end.code !== 0 || end.stdout.trim() === 'Linger=yes') {
    return undefined;
  }
  return (
    'It runs while you are logged in. To have it run from the start of the machine and after you log out:\n' +
    '$ loginctl enable-linger'
  );
}

/** A shell that su or cron has made lacks the variable that names the manager's socket. */
function run(context: CliContext, program: string, args: readonly string[]): Promise<ProgramEnd> {
  const runtime = { XDG_RUNTIME_DIR: `/run/user/${process.getuid?.() ?? 0}` };
  const environment = { ...runtime, ...context.environment };
  return runProgram(program, args, { environment, signal: context.signal });
}
