import { isHostRunning } from '../../db/instance-lock.ts';
import { lineChanges } from '../../service/line-changes.ts';
import type { ServicePlan } from '../../service/service-plan.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { readDefinition, writeDefinition } from './definition-file.ts';
import { findManager } from './find-manager.ts';
import { isUp, type ServiceManager, type ServiceState } from './manager.ts';
import { type PlanOptions, planService } from './plan.ts';
import { shellOnlyVariables } from './shell-only.ts';
import { watchStart } from './watch-start.ts';

export interface InstallOptions extends PlanOptions {
  /** False: leave it to the next login. */
  readonly start?: boolean;
}

export interface InstallMachine {
  readonly platform: NodeJS.Platform;
  /** How long to watch whether the host comes up. */
  readonly patienceMs: number;
}

export interface InstalledService {
  readonly name: string;
  readonly manager: 'systemd' | 'launchd';
  /** The definition. */
  readonly path: string;
  readonly change: 'created' | 'updated' | 'unchanged';
  /** Lines that went (`- `) and came (`+ `); none when it is new. */
  readonly changes: readonly string[];
  /** After the start; of a host that takes longer than the patience `starting`. */
  readonly state: ServiceState;
  /** What the person should know or do, a sentence or more each. */
  readonly notes: readonly string[];
}

const THIS_MACHINE: InstallMachine = { platform: process.platform, patienceMs: 10_000 };

/**
 * Installs the service of this installation, or brings it up to date, and starts it. Doing it again changes nothing.
 * Throws CliError, saying what to do, when there is no service manager, the name belongs to another installation, or a
 * host runs that the service did not start.
 */
export async function installService(
  context: CliContext,
  options: InstallOptions = {},
  machine: InstallMachine = THIS_MACHINE,
): Promise<InstalledService> {
  const manager = findManager(context, machine.platform);
  const plan = planService(context, options, machine.platform);
  const path = manager.definitionPath(plan.name);
  const definition = await manager.makeDefinition(plan);
  const present = await readDefinition(path);
  refuseForeign(manager, plan, path, present);
  const before = await manager.state(plan.name);
  refuseSecondHost(context, before);
  const isNew = present !== definition;
  if (isNew) await writeDefinition(path, definition);
  await manager.enable(plan.name);
  const mustStart = options.start !== false && (isNew || !isUp(before));
  if (mustStart) await manager.restart(plan.name);
  const state = mustStart ? await watchStart(context, manager, plan, machine.patienceMs) : before;
  return {
    name: plan.name,
    manager: manager.kind,
    path,
    change: present === undefined ? 'created' : isNew ? 'updated' : 'unchanged',
    changes: present === undefined ? [] : lineChanges(present, definition),
    state,
    notes: await collectNotes(context, manager),
  };
}

function refuseForeign(
  manager: ServiceManager,
  plan: ServicePlan,
  path: string,
  present: string | undefined,
): void {
  if (present === undefined || manager.isDefinitionOf(present, plan.home)) return;
  throw new CliError(
    EXIT.failed,
    `${path} belongs to something else than the installation in ${plan.home}. Choose another name with --name, or ` +
      'remove that file.',
  );
}

function refuseSecondHost(context: CliContext, before: ServiceState): void {
  if (isUp(before) || !isHostRunning(installationPaths(context).lock)) return;
  throw new CliError(
    EXIT.hostRunning,
    'A host is running that this service did not start. Stop it, with Ctrl-C in its terminal, and run this again.',
  );
}

async function collectNotes(
  context: CliContext,
  manager: ServiceManager,
): Promise<readonly string[]> {
  const hint = await manager.presenceHint();
  const variables = await shellOnlyVariables(context);
  const unseen =
    variables.length === 0
      ? []
      : [
          `The service does not see what is set in this shell alone: ${variables.join(', ')}. Put it into ` +
            `${installationPaths(context).home}/.env.`,
        ];
  return [...(hint === undefined ? [] : [hint]), ...unseen];
}
