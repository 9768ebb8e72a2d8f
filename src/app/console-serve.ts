import type { LinkOutcome } from '../channels/whatsapp/link.ts';
import type { Config } from '../config.ts';
import { type Logger, levelForLinking } from '../logger.ts';
import { type AppEnd, type AppOverrides, createApp } from './app.ts';
import type { HostConsole } from './console.ts';
import { linkHost } from './link.ts';

/**
 * starting → showing codes → linked → serving → (the link ends) → waiting for a person → showing codes → …
 * Serves as `App.run` does, but stays up while no phone is linked: the page leads through it. Returns when the signal
 * aborts.
 */
export async function serveWithConsole(
  config: Config,
  overrides: AppOverrides & { readonly logger: Logger },
  pages: HostConsole,
  signal: AbortSignal,
): Promise<void> {
  const { web } = pages;
  const linkLogger = overrides.logger.child({}, { level: levelForLinking(config.logLevel) });
  while (!signal.aborted) {
    // Also after a link by the page: its code is of no use any more.
    web.setLink({ status: 'starting' });
    const end = await serveOnce(config, { ...overrides, ...pages.overrides }, pages, signal);
    if (end.reason === 'stopped') return;
    const { state } = end;
    if (state.status === 'stopped') {
      web.setLink({
        status: 'ended',
        reason: `The link to WhatsApp has ended: ${state.reason}. ${state.mend}`,
      });
      await pages.waitForLinkAgain(signal);
    }
    await linkByPage(config, pages, linkLogger, signal);
  }
}

async function serveOnce(
  config: Config,
  overrides: AppOverrides,
  pages: HostConsole,
  signal: AbortSignal,
): Promise<AppEnd> {
  await using app = await createApp(config, overrides);
  const groups = app.registrations.all().length;
  overrides.logger?.info({ home: config.home, groups }, 'host starts');
  await using _shown = pages.follow(app);
  return await app.run(signal);
}

/** Shows codes until a phone has taken one. Returns too when the signal aborts. */
async function linkByPage(
  config: Config,
  pages: HostConsole,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { web } = pages;
  web.setChannel({ status: 'unlinked' });
  while (!signal.aborted) {
    web.setLink({ status: 'connecting' });
    const onQr = (qr: string) => web.setLink({ status: 'code', qr });
    const outcome = await linkHost(config, { kind: 'qr', onQr }, logger, signal);
    const reason = describeFailure(outcome);
    if (reason === undefined) return;
    web.setLink({ status: 'ended', reason });
    await pages.waitForLinkAgain(signal);
  }
}

/** Undefined when the host may serve, or shall stop. */
function describeFailure(outcome: LinkOutcome): string | undefined {
  switch (outcome.status) {
    case 'linked':
    case 'already-linked':
    case 'aborted':
      return undefined;
    case 'expired':
      return 'Nobody used the code in time.';
    case 'unreachable':
      return `WhatsApp cannot be reached (${outcome.reason}). Check the network and ask for a new code.`;
    case 'refused':
      return `No link: ${outcome.reason}. ${outcome.mend}`;
    case 'bad-number':
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}
