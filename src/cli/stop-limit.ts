import type { StopStep } from '../app/stop-step.ts';
import { type After, systemAfter } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-code.ts';

/** Whoever stops a program by hand or as a container waits ten seconds before killing it. */
const STOP_LIMIT_MS = 8_000;

export interface StopLimitDeps {
  /** Aborts when the host is asked to stop. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly after?: After;
}

/**
 * Gives up waiting for a host that has not stopped in time: whatever it is in the middle of, the next start takes up,
 * as after a kill. Rejects then with a CliError. A renewal of a sign-in is waited for all the same, because its token
 * is good once; the server's time for it is bounded.
 */
export async function limitStop<T>(
  { signal, logger, after = systemAfter }: StopLimitDeps,
  serve: (onStep: (step: StopStep) => void) => Promise<T>,
): Promise<T> {
  const overrun = Promise.withResolvers<never>();
  let step: StopStep = 'link';
  let isLate = false;
  const judge = () => {
    if (!isLate || step === 'sign-ins') return;
    logger.error({ waitsFor: step, limitMs: STOP_LIMIT_MS }, 'stop takes too long');
    overrun.reject(new CliError(EXIT.failed, describeOverrun(step)));
  };
  let disarm = () => {};
  const arm = () => {
    disarm = after(STOP_LIMIT_MS, () => {
      isLate = true;
      judge();
    });
  };
  if (signal.aborted) arm();
  else signal.addEventListener('abort', arm, { once: true });
  try {
    const served = serve((next) => {
      step = next;
      judge();
    });
    return await Promise.race([served, overrun.promise]);
  } finally {
    disarm();
    signal.removeEventListener('abort', arm);
  }
}

function describeOverrun(step: StopStep): string {
  return `The host did not stop within ${STOP_LIMIT_MS / 1000} s (it waited for: ${step}) and was cut off; the next start takes up what was open.`;
}
