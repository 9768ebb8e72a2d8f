import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { describeState } from '../service/describe-state.ts';
import { installService } from '../service/install.ts';
import { readServiceStatus, type ServiceStatus } from '../service/status-command.ts';
import { askYes } from './ask.ts';
import type { SetupSession } from './session.ts';
import { done, leftOut, type SetupStep } from './step.ts';

const QUESTION = {
  text: 'Keep Deckhand running as a service, from login on and after a failure?',
  flag: '--yes or --no-service',
};

/** Offered and no more: a machine without a service manager is served by `deckhand start`. */
export function createServiceStep(session: SetupSession): SetupStep {
  const { context, reporter } = session;
  return {
    name: 'service',
    title: 'The service',
    flags: ['--no-service'],
    async findDone() {
      const found = await look(session);
      const isUp = 'state' in found && found.isInstalled && found.state.status === 'running';
      return isUp ? `${found.name} is ${describeState(found.state)}` : undefined;
    },
    async run() {
      const found = await look(session);
      if ('reason' in found) return leftOut(found.reason);
      if (!(await askYes(session, QUESTION))) return leftOut('not wanted');
      const { name, state, notes } = await installService(context);
      for (const note of notes) reporter.say(note);
      const detail = `${name} is ${describeState(state)}`;
      if (state.status === 'running' || state.status === 'starting') return done(detail);
      throw new CliError(EXIT.failed, `The service ${detail}.`);
    },
  };
}

/** Why there can be no service on this machine is known when its manager has been asked. */
async function look({
  context,
}: SetupSession): Promise<ServiceStatus | { readonly reason: string }> {
  try {
    return await readServiceStatus(context, undefined, process.platform);
  } catch (error) {
    if (error instanceof CliError) return { reason: error.message };
    throw error;
  }
}
