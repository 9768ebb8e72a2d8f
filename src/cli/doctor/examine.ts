import { type CliContext, installationPaths } from '../context.ts';
import { checkClock } from './clock.ts';
import { checkConfiguration } from './configuration.ts';
import { checkCredentials } from './credentials.ts';
import { checkDatabase } from './database.ts';
import { checkDocker } from './docker.ts';
import type { Finding } from './finding.ts';
import { checkImage } from './image.ts';
import { checkLink } from './link.ts';
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

/** Looks at everything, in the order in which a person would mend it. Changes nothing. */
export async function examine(context: CliContext, machine: Machine): Promise<Finding[]> {
  const paths = installationPaths(context);
  const { config, findings: configuration } = checkConfiguration(context);
  const { finding: dockerFinding, docker } = await checkDocker(context, machine.platform);
  const registrations = await checkRegistrationFile(paths.registrations);
  const findings = [checkNode(machine.nodeVersion), ...configuration];
  if (config?.runtime !== 'process') findings.push(dockerFinding);
  if (config?.runtime === 'docker' && docker !== undefined) {
    findings.push(await checkImage(docker, config, context.projectRoot));
  }
  findings.push(...checkDatabase(paths.database), ...checkLink(paths.database));
  findings.push(...registrations.findings);
  if (config !== undefined) {
    const { projectRoot, now } = context;
    const deps = { config, paths, projectRoot, now };
    findings.push(...(await checkCredentials(registrations.groups, deps)));
  }
  findings.push(...(await checkPermissions(paths, machine.uid)));
  const timeZone = config?.timeZone ?? machine.timeZone;
  findings.push(checkClock(context.now(), timeZone, paths.database));
  return findings;
}
