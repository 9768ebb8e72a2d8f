import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { findManager } from './find-manager.ts';
import { chooseName } from './plan.ts';
import { isOurs } from './status-command.ts';

export interface UninstalledService {
  readonly name: string;
  readonly path: string;
  /** False when there was nothing to remove. */
  readonly isRemoved: boolean;
}

export function addUninstallCommand(service: Command, context: CliContext, finish: Finish): void {
  service
    .command('uninstall')
    .summary('stop the service and remove it')
    .description('Stops the service and removes it. Data and groups stay as they are.')
    .option('--name <name>', 'another name than the one made from the folder')
    .option('--json', 'print as JSON')
    .action(async (options: { name?: string; json?: boolean }) => {
      const outcome = await uninstallService(context, options.name, process.platform);
      if (options.json) writeJson(context, outcome);
      else context.stdout(render(outcome));
      finish(EXIT.ok);
    });
}

/** Stopped first, while the manager still knows what it stops; a second call finds what an interrupted one left. */
export async function uninstallService(
  context: CliContext,
  chosenName: string | undefined,
  platform: NodeJS.Platform,
): Promise<UninstalledService> {
  const manager = findManager(context, platform);
  const name = chooseName(context, chosenName);
  const path = manager.definitionPath(name);
  if (!(await isOurs(context, manager, path))) return { name, path, isRemoved: false };
  await manager.disable(name);
  await rm(path);
  await manager.forget(name);
  return { name, path, isRemoved: true };
}

function render({ name, path, isRemoved }: UninstalledService): string {
  return isRemoved
    ? `Stopped and removed ${name}:\n  ${path}\n`
    : `${name} is not installed; there is nothing to remove.\n`;
}
