import type { Finding } from './finding.ts';

/** One thing to look at. */
export interface Check {
  readonly name: string;
  /** How long it may take, milliseconds. */
  readonly limitMs: number;
  /** Its signal aborts when the time is over, or when doctor is asked to stop. */
  readonly look: (signal: AbortSignal) => Promise<readonly Finding[]> | readonly Finding[];
}

/**
 * Makes a check that neither ends the others nor holds them up: one that fails or takes too long is a finding. Rejects
 * only when `signal` aborts.
 */
export async function runCheck(
  { name, limitMs, look }: Check,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  signal.throwIfAborted();
  const late = new AbortController();
  const isLate = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => isLate.resolve('late'), limitMs);
  const onAbort = () => isLate.resolve('late');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const looking = Promise.try(look, AbortSignal.any([signal, late.signal]));
    const findings = await Promise.race([looking, isLate.promise]);
    signal.throwIfAborted();
    return findings === 'late' ? [tooLate(name, limitMs)] : findings;
  } catch (error) {
    signal.throwIfAborted();
    return [failed(name, error)];
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    late.abort(new Error('the check is over'));
  }
}

function tooLate(check: string, limitMs: number): Finding {
  return {
    id: 'check.late',
    check,
    status: 'problem',
    detail: `this check did not end within ${limitMs / 1000} s and was given up`,
    mend: 'Run `deckhand doctor` again when the machine is less busy; if it stays, what this check looks at hangs.',
  };
}

function failed(check: string, error: unknown): Finding {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    id: 'check.failed',
    check,
    status: 'problem',
    detail: `could not be looked at: ${reason}`,
    mend: 'Run `deckhand doctor` as the user that runs Deckhand.',
  };
}
