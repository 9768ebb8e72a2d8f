import type { Command } from 'commander';
import type { LinkMethod, LinkOutcome } from '../channels/whatsapp/link.ts';
import type { Jid } from '../core/message.ts';
import { createLogger, levelForLinking } from '../logger.ts';
import { CliError } from './cli-error.ts';
import type { CliContext, Finish } from './context.ts';
import { EXIT } from './exit-code.ts';
import { secureSignatures } from './start.ts';

/** Where a phone takes a code. */
export const PHONE_MENU = 'On the phone: WhatsApp → Settings → Linked devices → Link a device';

export function addLinkCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('link')
    .summary('link this installation to a phone')
    .description('Links this installation to a phone, by QR code or by pairing code.')
    .option('--phone <number>', 'show a pairing code for this number instead of a QR code')
    .action(async (options: { phone?: string }) => {
      report(context, await link(context, options.phone));
      finish(EXIT.ok);
    });
}

async function link(context: CliContext, phone: string | undefined): Promise<LinkOutcome> {
  const config = context.loadConfig();
  await secureSignatures(config.whatsappUrl);
  const { linkHost } = await import('../app/link.ts');
  const { renderQr } = await import('../channels/whatsapp/qr-terminal.ts');
  const logger = createLogger(levelForLinking(config.logLevel));
  return linkHost(config, linkMethod(context, phone, renderQr), logger, context.signal);
}

function linkMethod(
  context: CliContext,
  phone: string | undefined,
  renderQr: (text: string) => string,
): LinkMethod {
  if (phone === undefined) {
    const onQr = (text: string) => {
      context.stdout(`${renderQr(text)}\n${PHONE_MENU}, and scan this code.\n`);
      if (!context.isTty) context.stdout(`${text}\n`);
    };
    return { kind: 'qr', onQr };
  }
  const onCode = (code: string) => {
    context.stdout(`${PHONE_MENU} → Link with phone number, and enter: ${code}\n`);
  };
  return { kind: 'code', phoneNumber: phone, onCode };
}

function report(context: CliContext, outcome: LinkOutcome): void {
  const who = requireLinked(outcome).join(', ');
  if (outcome.status === 'linked') {
    context.stdout(`Linked as ${who}. Next: deckhand groups add\n`);
  } else context.stdout(`Already linked as ${who}.\n`);
}

/** As whom this installation is linked. Throws a CliError when it is not. */
export function requireLinked(outcome: LinkOutcome): readonly Jid[] {
  switch (outcome.status) {
    case 'linked':
    case 'already-linked':
      return outcome.ownJids;
    case 'expired':
      throw new CliError(
        EXIT.notReady,
        'Nobody used the code in time. Run this again for a new one.',
      );
    case 'bad-number':
      throw new CliError(EXIT.usage, outcome.reason);
    case 'unreachable':
      throw new CliError(
        EXIT.failed,
        `WhatsApp cannot be reached (${outcome.reason}). Check the network and run this again.`,
      );
    case 'refused':
      throw new CliError(EXIT.failed, `No link: ${outcome.reason}. ${outcome.mend}`);
    case 'aborted':
      throw new CliError(EXIT.interrupted, 'Stopped before the phone was linked.');
    default:
      return outcome satisfies never;
  }
}
