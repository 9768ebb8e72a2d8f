import type { LinkMethod } from '../../channels/whatsapp/link.ts';
import { parsePhoneNumber } from '../../channels/whatsapp/phone-number.ts';
import { createLogger, levelForLinking } from '../../logger.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { PHONE_MENU, requireLinked } from '../link.ts';
import { secureSignatures } from '../start.ts';
import { askChoice, askLine } from './ask.ts';
import type { SetupSession } from './session.ts';
import { done, type SetupStep } from './step.ts';
import { readStoredLink } from './stored-link.ts';

export function createLinkStep(session: SetupSession): SetupStep {
  const { context } = session;
  return {
    name: 'link',
    title: 'The phone',
    flags: ['--qr', '--phone'],
    async findDone() {
      const link = await readStoredLink(context);
      if (link.status === 'damaged') throw new CliError(EXIT.failed, link.message);
      return link.status === 'linked' ? `linked as ${link.jid}` : undefined;
    },
    async run() {
      const config = context.loadConfig();
      const method = await chooseMethod(session);
      await secureSignatures(config.whatsappUrl);
      const { linkHost } = await import('../../app/link.ts');
      const logger = createLogger(levelForLinking(config.logLevel));
      const outcome = await linkHost(config, method, logger, context.signal);
      return done(`linked as ${requireLinked(outcome).join(', ')}`);
    },
  };
}

async function chooseMethod(session: SetupSession): Promise<LinkMethod> {
  const { options } = session;
  const flag = '--qr or --phone <number>';
  if (options.phone !== undefined) return byCode(session, requireNumber(options.phone));
  const isQr =
    options.qr ||
    (await askChoice(session, { text: 'How do you want to link the phone?', flag }, [
      { value: true, label: 'scan a QR code with it' },
      { value: false, label: 'type a code on it' },
    ]));
  return isQr ? byQr(session) : byCode(session, await askNumber(session));
}

async function byQr({ reporter, context }: SetupSession): Promise<LinkMethod> {
  const { renderQr } = await import('../../channels/whatsapp/qr-terminal.ts');
  const onQr = (text: string) => {
    reporter.event({ event: 'qr', text });
    reporter.show(`${renderQr(text)}\n`);
    reporter.say(`${PHONE_MENU}, and scan this code. It is renewed while nobody scans it.`);
    if (!context.isTty) reporter.show(`${text}\n`);
  };
  return { kind: 'qr', onQr };
}

function byCode({ reporter }: SetupSession, phoneNumber: string): LinkMethod {
  const onCode = (code: string) => {
    reporter.event({ event: 'code', code });
    reporter.say(`${PHONE_MENU} → Link with phone number, and enter: ${code}`);
    reporter.say(
      'If the phone does not take it, type it there again; Ctrl-C and `deckhand setup` bring another code.',
    );
  };
  return { kind: 'code', phoneNumber, onCode };
}

async function askNumber(session: SetupSession): Promise<string> {
  for (;;) {
    const text = 'Its number with country code, for example +49 151 234567';
    const answer = await askLine(session, { text, flag: '--phone <number>' });
    const number = parsePhoneNumber(answer);
    if (number.ok) return number.digits;
    session.reporter.say(`This cannot be: ${number.reason}.`);
  }
}

function requireNumber(given: string): string {
  const number = parsePhoneNumber(given);
  if (number.ok) return number.digits;
  throw new CliError(EXIT.usage, `--phone: ${number.reason}.`);
}
