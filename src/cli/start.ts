import type { Command } from 'commander';
import type { AppEnd } from '../app/app.ts';
import { RotatingLog } from '../host-log/rotating-log.ts';
import { createLogger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { CliError } from './cli-error.ts';
import type { CliContext, Finish } from './context.ts';
import { EXIT } from './exit-code.ts';
import { DEFAULT_CONSOLE_PORT, readPort, serveConsole } from './start-console.ts';
import { limitStop } from './stop-limit.ts';

export function addStartCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('start')
    .summary('serve the registered groups until stopped')
    .description(
      'Serves the registered groups until stopped. Builds the agent image when it is missing.',
    )
    .option(
      '--console',
      'show the web console on this machine; stays up while no phone is linked, and links one there',
    )
    .option('--console-port <port>', 'port of the console', readPort, DEFAULT_CONSOLE_PORT)
    .action(async (options: StartOptions, command: Command) => {
      const isPortGiven = command.getOptionValueSource('consolePort') === 'cli';
      if (isPortGiven && !options.console) {
        throw new CliError(EXIT.usage, '--console-port is for the console. Add --console.');
      }
      reportEnd(await serve(context, options));
      finish(EXIT.ok);
    });
}

interface StartOptions {
  readonly console?: boolean;
  readonly consolePort: number;
}

async function serve(context: CliContext, options: StartOptions): Promise<AppEnd> {
  const config = context.loadConfig();
  await secureSignatures(config.whatsappUrl);
  const { createApp } = await import('../app/app.ts');
  const { projectRoot, now } = context;
  await using copy = openHostLog(context, config.home);
  const secrets = Object.values(config.secrets);
  const logger = createLogger(config.logLevel, { secrets, copy });
  return await limitStop({ signal: context.signal, logger }, async (onStopStep) => {
    const overrides = { projectRoot, now, logger, onStopStep };
    if (options.console) {
      await serveConsole(context, config, overrides, options.consolePort);
      return { reason: 'stopped' };
    }
    await using app = await createApp(config, overrides);
    logger.info({ home: config.home, groups: app.registrations.all().length }, 'host starts');
    return await app.run(context.signal);
  });
}

/** The file of `deckhand logs`. A host that cannot write it serves all the same. */
function openHostLog({ now, stderr }: CliContext, home: string): RotatingLog {
  const { logs: folder } = hostPaths(home);
  const onTrouble = ({ message }: Error) =>
    stderr(`The log in ${folder} cannot be written: ${message}. Mend that; the host goes on.\n`);
  return new RotatingLog({ folder, now, onTrouble });
}

function reportEnd(end: AppEnd): void {
  if (end.reason === 'stopped') return;
  const { state } = end;
  if (state.status === 'unlinked') {
    throw new CliError(EXIT.notReady, 'Not linked to WhatsApp yet. Run `deckhand link` first.');
  }
  if (state.status === 'stopped')
    throw new CliError(
      EXIT.notReady,
      `The link to WhatsApp has ended: ${state.reason}. ${state.mend}`,
    );
}

/**
 * Makes Baileys really check signatures. It must happen before Baileys loads, so that only a dynamic import
 * may follow. A loopback server cannot prove to be WhatsApp.
 */
export async function secureSignatures(whatsappUrl: string | undefined): Promise<void> {
  if (whatsappUrl !== undefined) return;
  const { installRealCurve } = await import('../channels/whatsapp/signal/real-curve.ts');
  installRealCurve();
}
