import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createLaunchd } from './launchd.ts';
import type { ServiceManager } from './manager.ts';
import { createSystemd } from './systemd.ts';

/** The manager of this kind of system. Asks it nothing yet. */
export function findManager(context: CliContext, platform: NodeJS.Platform): ServiceManager {
  if (platform === 'linux') return createSystemd(context);
  if (platform === 'darwin') return createLaunchd(context);
  throw new CliError(
    EXIT.failed,
    'A service can be installed on Linux with systemd and on macOS. Here run `npx deckhand start` in a terminal; ' +
      'on Windows use WSL, which has systemd.',
  );
}
