import type Docker from 'dockerode';
import type { Config } from '../../config.ts';
import { errorText } from '../../containers/docker-errors.ts';
import { inspectImage } from '../../containers/image.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const BUILDS = '`deckhand start` builds it, which takes some minutes.';

/** Whether the agents' image is there and made of the code as it is. */
export async function checkImage(
  docker: Docker,
  config: Pick<Config, 'containerImage'>,
  projectRoot: string,
): Promise<Finding> {
  const tag = config.containerImage;
  try {
    const image = await inspectImage({ docker, tag, projectRoot });
    switch (image.status) {
      case 'current':
        return ok('image', `${tag} is up to date`);
      case 'missing':
        return warning('image', `${tag} is not there yet`, BUILDS);
      case 'outdated':
        return warning('image', `${tag} is older than the code`, BUILDS);
      case 'foreign':
        return warning(
          'image',
          `${tag} was not built by Deckhand`,
          '`deckhand start` uses it as it is; remove it, and Deckhand builds its own.',
        );
      default:
        return image satisfies never;
    }
  } catch (error) {
    return problem(
      'image',
      `${tag} cannot be looked at: ${errorText(error)}`,
      'Check that the folder of Deckhand is complete (`git status`) and that Docker works.',
    );
  }
}
