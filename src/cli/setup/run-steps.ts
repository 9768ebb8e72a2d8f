import { ConfigError } from '../../config.ts';
import { EngineUnreachableError, ImageBuildError } from '../../containers/docker-errors.ts';
import { InstanceLockedError } from '../../db/instance-lock.ts';
import { CliError } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { SetupSession } from './session.ts';
import type { SetupStep, StepName } from './step.ts';

const GOES_ON = 'Run `deckhand setup` again: it goes on here.';

/**
 * Takes the steps in their order and leaves out what is done. Rejects with a CliError at the first one that
 * cannot be done; everything before it stays.
 */
export async function runSteps(session: SetupSession, steps: readonly SetupStep[]): Promise<void> {
  for (const step of steps) {
    session.context.signal.throwIfAborted();
    await takeStep(session, step);
  }
}

async function takeStep(session: SetupSession, step: SetupStep): Promise<void> {
  const { options, reporter } = session;
  const end = (status: 'ready' | 'done' | 'left_out', detail: string) =>
    reporter.event({ event: 'step', step: step.name, status, detail });
  reporter.event({ event: 'step', step: step.name, status: 'started' });
  if (options.skip.includes(step.name)) return end('left_out', 'an option says so');
  for (;;) {
    try {
      const done = options.forceStep === step.name ? undefined : await step.findDone();
      if (done !== undefined) return end('ready', done);
      if (step.flags.length > 0) reporter.say(`\n${step.title}`);
      const { status, detail } = await step.run();
      return end(status, detail);
    } catch (error) {
      await judgeFailure(session, step.name, error);
    }
  }
}

/** Resolves when the step is to be tried again. */
async function judgeFailure(session: SetupSession, step: StepName, error: unknown): Promise<void> {
  const { context, prompt, reporter, options } = session;
  const exitCode = expectedExitCode(error);
  // A prompt that hides what is typed hears Ctrl-C itself.
  if (context.signal.aborted || exitCode === EXIT.interrupted) throw interrupted(error);
  if (exitCode === undefined || !(error instanceof Error)) throw error;
  const { message } = error;
  const isRetried = prompt.isInteractive && !options.yes;
  if (isRetried || options.json) {
    reporter.event({ event: 'step', step, status: 'failed', detail: message });
  }
  if (!isRetried) throw new CliError(exitCode, `${message}\n${GOES_ON}`, { cause: error });
  const answer = await prompt.ask('Press Enter to try again, or type q to leave: ');
  if (answer === undefined || /^(q|quit|n|no)$/i.test(answer)) {
    throw new CliError(exitCode, GOES_ON, { cause: error });
  }
}

function interrupted(cause: unknown): CliError {
  return new CliError(EXIT.interrupted, `\nStopped. ${GOES_ON}`, { cause });
}

/** For errors that a person can do something about; their messages say what. */
function expectedExitCode(error: unknown): ExitCode | undefined {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof ConfigError) return EXIT.usage;
  if (error instanceof InstanceLockedError) return EXIT.hostRunning;
  if (error instanceof EngineUnreachableError || error instanceof ImageBuildError) {
    return EXIT.notReady;
  }
  return undefined;
}
