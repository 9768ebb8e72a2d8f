import type { RefusalOutcome, UsableCredential } from '../core/credential.ts';
import type { Logger } from '../logger.ts';
import type { RunOutcome } from '../ports.ts';

type Failed = Extract<RunOutcome, { status: 'failed' }>;

/** A failed attempt after the host has looked at its credential. */
export interface JudgedFailure {
  readonly outcome: Failed;
  /** There is another credential than the refused one. */
  readonly isRenewed: boolean;
}

/**
 * Renews the credential that an attempt was refused with. Without the renewal the failure still stands: a turn that
 * broke here would be done again, effects and all. A sign-in that cannot be renewed at the moment is no refused one:
 * its model counts as out of reach.
 */
export async function judgeRefusal(
  { logger }: { readonly logger: Logger },
  runId: string,
  outcome: Failed,
  credential: Pick<UsableCredential, 'onRefused'>,
): Promise<JudgedFailure> {
  if (outcome.class !== 'auth') return { outcome, isRenewed: false };
  const refusal = await renew(logger, runId, credential);
  return {
    outcome: refusal === 'unavailable' ? { ...outcome, class: 'overloaded' } : outcome,
    isRenewed: refusal === 'renewed',
  };
}

async function renew(
  logger: Logger,
  runId: string,
  credential: Pick<UsableCredential, 'onRefused'>,
): Promise<RefusalOutcome> {
  try {
    return await credential.onRefused();
  } catch (error) {
    logger.error({ runId, err: error }, 'refused credential not renewed');
    return 'over';
  }
}
