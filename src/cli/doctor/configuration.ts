import { parseEndpoint, UnsafeEndpointError } from '../../channels/whatsapp/endpoint.ts';
import { type Config, ConfigError } from '../../config.ts';
import type { CliContext } from '../context.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

export interface ConfigurationCheck {
  readonly findings: readonly Finding[];
  /** Absent when it cannot be used. */
  readonly config?: Config;
  /** Whether the server that it names for WhatsApp may be asked anything. */
  readonly isEndpointSafe: boolean;
}

/** `.env` and the environment, with every problem in them. */
export function checkConfiguration(context: CliContext): ConfigurationCheck {
  try {
    const config = context.loadConfig();
    const endpoint = checkEndpoint(config);
    const isEndpointSafe = endpoint.status !== 'problem';
    return { config, isEndpointSafe, findings: [endpoint, checkRuntime(config)] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend =
      'Correct it and run `deckhand doctor` again: what depends on it was not looked at.';
    return {
      findings: [problem('configuration.invalid', error.message, mend)],
      isEndpointSafe: false,
    };
  }
}

function checkEndpoint(config: Config): Finding {
  try {
    if (config.whatsappUrl === undefined) return ok('configuration', 'can be used');
    parseEndpoint(config.whatsappUrl);
    return warning(
      'configuration.endpoint',
      `WHATSAPP_URL names another server than WhatsApp's: ${config.whatsappUrl}`,
      'Remove WHATSAPP_URL from .env, unless this is a test.',
    );
  } catch (error) {
    if (!(error instanceof UnsafeEndpointError)) throw error;
    return problem(
      'configuration.endpoint',
      `WHATSAPP_URL: ${error.message}`,
      'Remove WHATSAPP_URL from .env.',
    );
  }
}

function checkRuntime({ runtime }: Config): Finding {
  if (runtime === 'docker') return ok('runtime', 'docker: every group in a container of its own');
  return warning(
    'runtime.process',
    'process: agents run without isolation, with all rights of this user',
    'It is for the demo and tests and refuses a real WhatsApp account. Set DECKHAND_RUNTIME=docker.',
  );
}
