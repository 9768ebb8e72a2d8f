import { accessSync, constants, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../../containers/docker-errors.ts';
import { isErrno } from '../../errno.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { configuredEngine, connectEngine } from '../engine-client.ts';
import { EXIT } from '../exit-code.ts';
import { describeDockerMend, judgeSystem } from './docker-guide.ts';
import type { SetupSession } from './session.ts';
import { done, type SetupStep } from './step.ts';

const versionSchema = z.object({ Version: z.string() });
const codeSchema = z.object({ code: z.string() });

export function createDockerStep({ context }: SetupSession): SetupStep {
  const look = () => describeEngine(context);
  return {
    name: 'docker',
    title: 'Docker',
    flags: [],
    findDone: look,
    run: async () => done(await look()),
  };
}

/** Rejects with how to get an engine on this machine when none answers. */
async function describeEngine(context: CliContext): Promise<string> {
  if (context.loadConfig().runtime === 'process')
    return 'not needed: agents run as plain processes';
  try {
    const docker = await connectEngine(context);
    const { Version } = versionSchema.parse(await docker.version());
    return `engine ${Version} answers`;
  } catch (error) {
    context.signal.throwIfAborted();
    throw new CliError(
      EXIT.notReady,
      `No Docker engine answers (${errorText(error).slice(0, 200)}).\n${mend(context, error)}`,
      { cause: error },
    );
  }
}

function mend(context: CliContext, error: unknown): string {
  return describeDockerMend({
    system: judgeSystem({
      platform: process.platform,
      osRelease: readIfThere('/etc/os-release'),
      kernelRelease: release(),
    }),
    code: codeSchema.safeParse(error).data?.code ?? '',
    address: configuredEngine(context),
    isInstalled: isOnPath('docker', context.environment['PATH']),
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return '';
    throw error;
  }
}

function isOnPath(program: string, path = ''): boolean {
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  const folders = path.split(delimiter).filter(Boolean);
  return folders.some((folder) => names.some((name) => isExecutable(join(folder, name))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
