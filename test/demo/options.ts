import { parseArgs } from 'node:util';
import { type Provider, providerSchema } from '@deckhand/protocol';

export interface DemoOptions {
  readonly provider: Provider;
  /** Undefined lets the demo look for a Docker engine. */
  readonly runtime: 'docker' | 'process' | undefined;
  /** Send this one message and end; undefined opens a chat in the terminal. */
  readonly say: string | undefined;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

export type OptionsOutcome = { ok: true; options: DemoOptions } | { ok: false; problem: string };

export const DEMO_HELP = `Deckhand's demo: the real host against a WhatsApp and models on this machine.

  npm run demo                                     chat in the terminal as a member of a group
  npm run --silent demo -- --say "@Assistant hello" --json
                                                   send one message, print what happens, end

  --provider NAME            who answers: claude (default), codex or responses
  --runtime docker|process   default: docker when an engine is reachable
  --say TEXT                 send one message; exit code 0 when its answer was seen by a phone
  --json                     one JSON object per line
  --help                     this text
`;

export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        provider: { type: 'string', default: 'claude' },
        runtime: { type: 'string' },
        say: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    return checkValues(values);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function checkValues(values: {
  provider: string;
  runtime?: string;
  say?: string;
  json: boolean;
  help: boolean;
}): OptionsOutcome {
  const provider = providerSchema.safeParse(values.provider);
  if (!provider.success)
    return { ok: false, problem: `--provider is ${providerSchema.options.join(', ')}` };
  const { runtime } = values;
  if (runtime !== undefined && runtime !== 'docker' && runtime !== 'process') {
    return { ok: false, problem: '--runtime is docker or process' };
  }
  if (values.say?.trim() === '') return { ok: false, problem: '--say needs a text' };
  const { say, json: isJson, help: isHelp } = values;
  return { ok: true, options: { provider: provider.data, runtime, say, isJson, isHelp } };
}
