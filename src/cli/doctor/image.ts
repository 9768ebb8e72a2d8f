import type Docker from 'dockerode';
import type { Config } from '../../config.ts';
import { errorText } from '../../containers/docker-errors.ts';
import { ensureImage, inspectImage } from '../../containers/image.ts';
import { type Finding, type Fix, ok, problem, warning } from './finding.ts';

const BUILDS =
  '`deckhand start` builds it, which takes some minutes; so does:\n$ npx deckhand doctor --fix';

export interface ImageCheck {
  readonly finding: Finding;
  /** Whether containers can be made of it. */
  readonly isThere: boolean;
}

export interface ImageCheckDeps {
  readonly docker: Docker;
  /** Gives an engine that may take minutes. */
  readonly connect: () => Promise<Docker>;
  readonly config: Pick<Config, 'containerImage' | 'baseImage'>;
  readonly projectRoot: string;
  /** One line of a build's output. */
  readonly onProgress: (line: string) => void;
}

/** Whether the agents' image is there and made of the code as it is. */
export async function checkImage(deps: ImageCheckDeps): Promise<ImageCheck> {
  const { docker, config, projectRoot } = deps;
  const tag = config.containerImage;
  try {
    const { status } = await inspectImage({ docker, tag, projectRoot });
    return { finding: judgeImage(status, tag, build(deps)), isThere: status !== 'missing' };
  } catch (error) {
    const detail = `${tag} cannot be looked at: ${errorText(error)}`;
    const mend =
      'Check that the folder of Deckhand is complete and that Docker works:\n$ git status\n$ docker info';
    return { finding: problem('image.unreadable', detail, mend), isThere: false };
  }
}

function judgeImage(
  status: Awaited<ReturnType<typeof inspectImage>>['status'],
  tag: string,
  fix: Fix,
): Finding {
  switch (status) {
    case 'current':
      return ok('image', `${tag} is up to date`);
    case 'missing':
      return warning('image.missing', `${tag} is not there yet`, BUILDS, fix);
    case 'outdated':
      return warning('image.outdated', `${tag} is older than the code`, BUILDS, fix);
    case 'foreign': {
      const mend =
        '`deckhand start` uses it as it is. Deckhand builds its own when it is gone:\n$ docker image rm ';
      return warning('image.foreign', `${tag} was not built by Deckhand`, `${mend}${tag}`);
    }
    default:
      return status satisfies never;
  }
}

function build({ connect, config, projectRoot, onProgress }: ImageCheckDeps): Fix {
  return {
    async apply(signal) {
      const tag = config.containerImage;
      const { baseImage } = config;
      const docker = await connect();
      await ensureImage({ docker, tag, projectRoot, baseImage, onProgress, signal });
      return `built ${tag}`;
    },
  };
}
