import { homedir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { createDockerClient } from '../../containers/docker-client.ts';
import { errorText, ImageBuildError } from '../../containers/docker-errors.ts';
import { ensureImage, inspectImage } from '../../containers/image.ts';
import { CliError } from '../cli-error.ts';
import { connectEngine } from '../engine-client.ts';
import { EXIT } from '../exit-code.ts';
import { createBuildProgress } from './build-progress.ts';
import type { SetupSession } from './session.ts';
import { done, leftOut, type SetupStep, type StepEnd } from './step.ts';

export function createImageStep(session: SetupSession): SetupStep {
  const { context } = session;
  return {
    name: 'image',
    title: 'The image of the agents',
    flags: [],
    async findDone() {
      const config = context.loadConfig();
      if (config.runtime === 'process') return 'not needed: agents run as plain processes';
      const docker = await connectEngine(context);
      const { projectRoot } = context;
      const tag = config.containerImage;
      const { status } = await translate(context.signal, () =>
        inspectImage({ docker, tag, projectRoot }),
      );
      if (status === 'current') return `${tag} is up to date`;
      return status === 'foreign'
        ? `${tag} was built by somebody else and is used as it is`
        : undefined;
    },
    run: () => build(session),
  };
}

async function build(session: SetupSession): Promise<StepEnd> {
  const { context, reporter } = session;
  const { containerImage: tag, baseImage, runtime } = context.loadConfig();
  if (runtime === 'process') return leftOut('not needed');
  reporter.say(`Building ${tag}; the first time this takes some minutes.`);
  const docker = await connectForBuild(session);
  using progress = createBuildProgress(context);
  const parts = {
    docker,
    tag,
    projectRoot: context.projectRoot,
    baseImage,
    onProgress: (line: string) => progress.show(line),
    signal: context.signal,
  };
  const { status } = await translate(context.signal, () => ensureImage(parts));
  return done(status === 'built' ? `${tag} is built` : `${tag} is up to date`);
}

/** Without the short deadline that other questions to the engine have. */
function connectForBuild({ context }: SetupSession): Promise<Docker> {
  const { dockerHost } = context.loadConfig();
  const dockerConfigFolder = join(homedir(), '.docker');
  return createDockerClient({ dockerHost, dockerConfigFolder });
}

/** An engine that stops in the middle breaks the connection, whatever was asked of it. */
async function translate<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    // Only a build whose connection broke has a cause; the others end with what the engine says.
    if (error instanceof ImageBuildError && !(error.cause instanceof Error)) throw error;
    throw new CliError(
      EXIT.notReady,
      `Docker stopped answering (${reasonOf(error)}). Look with \`docker info\` whether it runs, and start it.`,
      { cause: error },
    );
  }
}

function reasonOf(error: unknown): string {
  return errorText(error instanceof ImageBuildError ? error.cause : error);
}
