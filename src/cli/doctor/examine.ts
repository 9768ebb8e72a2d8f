import { type CliContext } from '../context.ts';
import { type Check, runCheck } from './check.ts';
import { checkClock } from './clock.ts';
import { checkCredentials } from './credentials.ts';
import { checkDatabase } from './database.ts';
import { checkDisk } from './disk.ts';
import type { Finding } from './finding.ts';
import { checkLink } from './link.ts';
import type { Machine } from './machine.ts';
import { checkModels } from './models.ts';
import { checkMounts } from './mounts.ts';
import { checkNode } from './node.ts';
import { checkOrphans } from './orphans.ts';
import { checkOutlets } from './outlets.ts';
import { checkPermissions } from './permissions.ts';
import { checkQuotas } from './quotas.ts';
import { checkRuntime } from './runtime.ts';
import { createSubject, type ExamineOptions, type Subject } from './subject.ts';
import { checkVersion } from './version.ts';

export interface Examined {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** What waits for nobody but the disk. */
const SHORT_MS = 15_000;
/** Servers elsewhere, each with its own limit of ten seconds. */
const REMOTE_MS = 25_000;
/** A large database, and two containers for each of ten groups one after the other. */
const LONG_MS = 90_000;

/**
 * Looks at everything at once, each thing within its own time, and tells in the order in which a person would mend
 * it. Changes nothing.
 */
export async function examine(
  context: CliContext,
  machine: Machine,
  options: ExamineOptions,
): Promise<Examined[]> {
  const subject = createSubject(context, machine, options);
  const checks = [...hostChecks(subject), ...groupChecks(subject), ...otherChecks(subject)];
  return await Promise.all(
    checks.map(async (check) => ({
      check: check.name,
      findings: await runCheck(check, context.signal),
    })),
  );
}

function hostChecks(subject: Subject): Check[] {
  const { machine, paths, configuration, timeZone } = subject;
  const { context } = subject;
  return [
    short('node', () => [checkNode(machine.nodeVersion)]),
    short('configuration', () => configuration.findings),
    short('docker', async () => (await subject.engine()).findings),
    short('runtime', async () => {
      const { docker } = await subject.engine();
      if (docker === undefined) return [];
      return checkRuntime(await docker.info(), configuration.config?.containerRuntime);
    }),
    short('image', async () => (await subject.image()).findings),
    { name: 'mounts', limitMs: LONG_MS, look: (signal) => lookAtMounts(subject, signal) },
    short('disk', async () => {
      const { docker } = await subject.engine();
      return checkDisk({ paths, freeBytes: machine.freeBytes, docker });
    }),
    {
      name: 'database',
      limitMs: LONG_MS,
      look: (signal) => checkDatabase(paths, context.now(), signal),
    },
    short('link', () => checkLink(paths.database, timeZone)),
    remote('version', async () => {
      const { installed, served } = await subject.version();
      return [checkVersion(installed, served)];
    }),
  ];
}

function groupChecks(subject: Subject): Check[] {
  const { context, registrations } = subject;
  const { config } = subject.configuration;
  return [
    short('registrations', async () => (await registrations()).findings),
    short('quotas', async (signal) =>
      config ? checkQuotas(subject.paths, config, (await registrations()).groups, signal) : [],
    ),
    short('outlets', async () => {
      if (config === undefined) return [];
      const { docker } = await subject.engine();
      const { platform } = subject.machine;
      return checkOutlets({ config, platform, docker }, (await registrations()).groups);
    }),
    short('credentials', async () =>
      config ? checkCredentials(context, (await registrations()).groups) : [],
    ),
    remote('ping', async () => (await subject.pings()).findings),
    remote('models', async () => {
      if (config === undefined) return [];
      const { answered } = await subject.pings();
      return checkModels(context, config, (await registrations()).groups, answered);
    }),
  ];
}

function otherChecks(subject: Subject): Check[] {
  const { context, machine, paths, timeZone, registrations } = subject;
  return [
    short('permissions', () => checkPermissions(paths, machine.uid)),
    short('orphans', async (signal) => {
      const { groups, isReadable } = await registrations();
      const { docker } = await subject.engine();
      return isReadable ? checkOrphans({ paths, now: context.now, docker }, groups, signal) : [];
    }),
    remote('clock', async () => {
      const serverTimes = await subject.serverTimes();
      const zones = { timeZone, machineZone: machine.timeZone };
      return checkClock({
        now: context.now(),
        ...zones,
        databasePath: paths.database,
        serverTimes,
      });
    }),
  ];
}

function short(name: string, look: Check['look']): Check {
  return { name, limitMs: SHORT_MS, look };
}

function remote(name: string, look: Check['look']): Check {
  return { name, limitMs: REMOTE_MS, look };
}

/** Nothing without containers, without their image, and when nobody wants to wait. */
async function lookAtMounts(subject: Subject, signal: AbortSignal): Promise<Finding[]> {
  const { context, options, paths } = subject;
  const { config } = subject.configuration;
  const { docker } = await subject.engine();
  if (options.isQuick || docker === undefined || config === undefined) return [];
  if (!(await subject.image()).isThere) return [];
  const { groups } = await subject.registrations();
  const { projectRoot } = context;
  const installationId = subject.installationId();
  const deps = { docker: await subject.patientEngine(), config, paths, projectRoot };
  return await checkMounts({ ...deps, installationId }, groups, signal);
}
