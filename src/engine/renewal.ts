import type { UsableCredential } from '../core/credential.ts';
import type { Logger } from '../logger.ts';

export interface Renewal {
  /** The agent says that the model refuses the credential. Does its work once. */
  readonly begin: () => void;
  /** Resolves when nothing is under way; never rejects. */
  settled(): Promise<void>;
}

/** Renews a refused credential while the agent still tries: its container reads the new one by itself. */
export function createRenewal(
  logger: Logger,
  runId: string,
  credential: Pick<UsableCredential, 'onRefused'>,
): Renewal {
  let renewing: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    try {
      const outcome = await credential.onRefused();
      logger.info({ runId, outcome }, 'credential refused during a run');
    } catch (error) {
      logger.error({ runId, err: error }, 'credential not renewed during a run');
    }
  };
  return {
    begin() {
      renewing ??= renew();
    },
    settled: async () => renewing,
  };
}
