import type { Command } from 'commander';
import { isHostRunning } from '../../db/instance-lock.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import { readDefinition } from './definition-file.ts';
import { describeState } from './describe-state.ts';
import { findManager } from './find-manager.ts';
import type { ServiceManager, ServiceState } from './manager.ts';
import { chooseName, realHome } from './plan.ts';

export interface ServiceStatus {
  readonly name: string;
  readonly manager: 'systemd' | 'launchd';
  readonly path: string;
  readonly isInstalled: boolean;
  readonly state: ServiceState;
  /** A host has the data folder, whoever started it. */
  readonly isHostRunning: boolean;
  readonly hint?: string;
}

export function addStatusCommand(service: Command, context: CliContext, finish: Finish): void {
  service
    .command('status')
    .summary('show whether the service is installed and runs')
    .description(
      'Shows whether the service is installed and runs, and how it last ended. Exit code ' +
        `${EXIT.notReady}: not installed; ${EXIT.failed}: not running.`,
    )
    .option('--name <name>', 'another name than the one made from the folder')
    .option('--json', 'print as JSON')
    .action(async (options: { name?: string; json?: boolean }) => {
      const status = await readServiceStatus(context, options.name, process.platform);
      if (options.json) writeJson(context, status);
      else context.stdout(renderStatus(status));
      finish(exitCodeOf(status));
    });
}

export async function readServiceStatus(
  context: CliContext,
  chosenName: string | undefined,
  platform: NodeJS.Platform,
): Promise<ServiceStatus> {
  const manager = findManager(context, platform);
  const name = chooseName(context, chosenName);
  const path = manager.definitionPath(name);
  const isInstalled = await isOurs(context, manager, path);
  const hint = isInstalled ? await manager.presenceHint() : undefined;
  return {
    name,
    manager: manager.kind,
    path,
    isInstalled,
    state: await manager.state(name),
    isHostRunning: isHostRunning(installationPaths(context).lock),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** False when there is no definition. Throws CliError when it is of another installation. */
export async function isOurs(
  context: CliContext,
  manager: ServiceManager,
  path: string,
): Promise<boolean> {
  const definition = await readDefinition(path);
  if (definition === undefined) return false;
  if (manager.isDefinitionOf(definition, realHome(context))) return true;
  throw new CliError(
    EXIT.usage,
    `${path} belongs to something else than the installation in ${realHome(context)}. Name the service of this one ` +
      'with --name.',
  );
}

function renderStatus(status: ServiceStatus): string {
  if (!status.isInstalled) return `${wrapText(notInstalled(status), LINE_WIDTH).join('\n')}\n`;
  const lines = [
    ...wrapText(`${status.name} is ${describeState(status.state)}.`, LINE_WIDTH),
    `  ${status.path}`,
    ...(status.hint === undefined ? [] : ['', ...wrapText(status.hint, LINE_WIDTH)]),
  ];
  return `${lines.join('\n')}\n`;
}

function notInstalled({ name, isHostRunning: isUp }: ServiceStatus): string {
  const other = isUp ? ' A host is running that no service of this name has started.' : '';
  return `${name} is not installed. \`deckhand service install\` does it.${other}`;
}

function exitCodeOf({ isInstalled, state }: ServiceStatus) {
  if (!isInstalled) return EXIT.notReady;
  return state.status === 'running' ? EXIT.ok : EXIT.failed;
}
