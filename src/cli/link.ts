import type { Command } from 'commander';
import type { LinkMethod, LinkOutcome } from '../channels/whatsapp/link.ts';
import { createLogger } from '../logger.ts';
import { CliError } from './cli-error.ts';
import type { CliContext, Finish } from './context.ts';
import { EXIT } from './exit-code.ts';
import { secureSignatures } from './start.ts';

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
  const { linkHost } = await import('../app-link.ts');
  const { renderQr } = await import('../channels/whatsapp/qr-terminal.ts');
  const logger = createLogger(config.logLevel === 'info' ? 'error' : config.logLevel);
  return linkHost(config, linkMethod(context, phone, renderQr), logger, context.signal);
}

function linkMethod(
  context: CliContext,
  phone: string | undefined,
  renderQr: (text: string) => string,
): LinkMethod {
  const where = 'On the phone: WhatsApp → Settings → Linked devices → Link a device';
  if (phone === undefined) {
    const onQr = (text: string) => {
      context.stdout(`${renderQr(text)}\n${where}, and scan this code.\n`);
      if (!context.isTty) context.stdout(`${text}\n`);
    };
    return { kind: 'qr', onQr };
  }
  const onCode = (code: string) => {
    context.stdout(`${where} → Link with phone number, and enter: ${code}\n`);
  };
  return { kind: 'code', phoneNumber: phone, onCode };
}

function report(context: CliContext, outcome: LinkOutcome): void {
  switch (outcome.status) {
    case 'linked':
      context.stdout(`Linked as ${outcome.ownJids.join(', ')}. Next: deckhand groups add\n`);
      return;
    case 'already-linked':
      context.stdout(`Already linked as ${outcome.ownJids.join(', ')}.\n`);
      return;
    case 'expired':
      throw new CliError(EXIT.notReady, 'Nobody used the code in time. Run `deckhand link` again.');
    case 'bad-number':
      throw new CliError(EXIT.usage, outcome.reason);
    case 'unreachable':
      throw new CliError(
        EXIT.failed,
        `WhatsApp cannot be reached (${outcome.reason}). Check the network and run this again.`,
      );
    case 'refused':
      throw new CliError(EXIT.failed, `${outcome.reason} ${outcome.mend}`);
    case 'aborted':
      throw new CliError(EXIT.interrupted, 'Stopped before the phone was linked.');
    default:
      outcome satisfies never;
  }
}
