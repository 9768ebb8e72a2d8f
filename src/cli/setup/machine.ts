import { arch, platform } from 'node:os';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { SetupSession } from './session.ts';
import { done, type SetupStep } from './step.ts';

const OLDEST = [24, 12] as const;

/** The program itself, and settings that can be used: everything that follows reads them. */
export function createMachineStep({ context }: SetupSession): SetupStep {
  const look = async () => {
    requireNode(process.versions.node);
    context.loadConfig();
    return `Node ${process.versions.node} on ${platform()} ${arch()}`;
  };
  return {
    name: 'machine',
    title: 'This machine',
    flags: [],
    findDone: look,
    run: async () => done(await look()),
  };
}

/** TypeScript without a build needs 24.12. */
export function requireNode(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new CliError(
    EXIT.notReady,
    `Node ${version} is older than ${OLDEST.join('.')}. Run \`npm ci\` in the folder of Deckhand, which ` +
      'brings its own Node, and then `npx deckhand setup` there.',
  );
}
