import type { Config } from '../../config.ts';
import { type CliContext, installationPaths } from '../context.ts';
import { checkClock } from './clock.ts';
import { checkConfiguration } from './configuration.ts';
import { checkCredentials } from './credentials.ts';
import { checkDatabase } from './database.ts';
import { checkDocker } from './docker.ts';
import { type Finding, problem } from './finding.ts';
import { checkImage } from './image.ts';
import { checkLink } from './link.ts';
import { checkModels } from './models.ts';
import { checkNode } from './node.ts';
import { checkPermissions } from './permissions.ts';
import { checkRegistrationFile } from './registrations.ts';

/** The machine as doctor finds it. */
export interface Machine {
  readonly nodeVersion: string;
  readonly platform: NodeJS.Platform;
  /** Undefined on Windows. */
  readonly uid: number | undefined;
  readonly timeZone: string;
}

type Check = readonly [name: string, look: () => Promise<readonly Finding[]> | readonly Finding[]];

/** Looks at everything, in the order in which a person would mend it. Changes nothing. */
export async function examine(context: CliContext, machine: Machine): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of await listChecks(context, machine)) {
    findings.push(...(await attempt(check, context.signal)));
  }
  return findings;
}

async function listChecks(context: CliContext, machine: Machine): Promise<Check[]> {
  const { now } = context;
  const paths = installationPaths(context);
  const { config, findings: configuration } = checkConfiguration(context);
  const { groups, findings: registrations } = await checkRegistrationFile(paths.registrations);
  const timeZone = config?.timeZone ?? machine.timeZone;
  return [
    ['node', () => [checkNode(machine.nodeVersion)]],
    ['configuration', () => configuration],
    ['docker', () => checkEngine(context, machine.platform, config)],
    ['database', () => checkDatabase(paths.database)],
    ['link', () => checkLink(paths.database)],
    ['registrations', () => registrations],
    ['credentials', () => (config ? checkCredentials(context, groups) : [])],
    ['models', () => (config ? checkModels(context, config, groups) : [])],
    ['permissions', () => checkPermissions(paths, machine.uid)],
    ['clock', () => [checkClock(now(), timeZone, paths.database)]],
  ];
}

/** A check that itself fails is a finding, not the end of the others. */
async function attempt([name, look]: Check, signal: AbortSignal): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const mend = 'Run `deckhand doctor` as the user that runs Deckhand.';
    return [problem(name, `could not be looked at: ${reason}`, mend)];
  }
}

/** Engine and image; nothing without containers. */
async function checkEngine(
  context: CliContext,
  platform: NodeJS.Platform,
  config: Config | undefined,
): Promise<Finding[]> {
  if (config?.runtime === 'process') return [];
  const { finding, docker } = await checkDocker(context, platform);
  if (docker === undefined || config === undefined) return [finding];
  return [finding, await checkImage(docker, config, context.projectRoot)];
}
