import type { Visit } from '../../app/visit.ts';
import { createLogger, levelForLinking } from '../../logger.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { secureSignatures } from '../start.ts';

/** Goes online for one piece of work. Rejects with a CliError when it cannot. */
export async function visit<T>(
  context: CliContext,
  work: (visit: Visit) => Promise<T>,
): Promise<T> {
  const config = context.loadConfig();
  await secureSignatures(config.whatsappUrl);
  const { visitWhatsApp } = await import('../../app/visit.ts');
  const logger = createLogger(levelForLinking(config.logLevel));
  const outcome = await visitWhatsApp(config, logger, work, context.signal);
  switch (outcome.status) {
    case 'done':
      return outcome.value;
    case 'unlinked':
      throw new CliError(
        EXIT.notReady,
        'This needs a linked phone: do not leave the step link out.',
      );
    case 'stopped':
      throw new CliError(
        EXIT.notReady,
        `The link to WhatsApp has ended: ${outcome.reason}. ${outcome.mend}`,
      );
    case 'unreachable':
      throw new CliError(
        EXIT.failed,
        'WhatsApp cannot be reached. Check the network of this machine.',
      );
    default:
      return outcome satisfies never;
  }
}
