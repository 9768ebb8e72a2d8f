import { parseArgs } from 'node:util';

const PARTS = ['overhead', 'containers', 'signal', 'ipc'] as const;
type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

export type OptionsOutcome = { ok: true; options: BenchOptions } | { ok: false; problem: string };

export const BENCH_HELP = `Measures Deckhand on this machine; see docs/performance.md.

  npm run bench                    all parts, as a table
  npm run --silent bench -- --json all parts, one JSON object
  npm run bench -- overhead signal only these parts

  overhead     what the host adds to a run, on a loopback WhatsApp
  containers   cold start and warm turn against the bare container and CLI; needs Docker
  signal       group decryption against Baileys' stock Signal repository
  ipc          an agent's request to its reply, with and without file events
`;

export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((name) => !PARTS.some((part) => part === name));
    if (unknown !== undefined) {
      return { ok: false, problem: `there is no part "${unknown}", only ${PARTS.join(', ')}` };
    }
    const chosen = PARTS.filter((part) => positionals.length === 0 || positionals.includes(part));
    return { ok: true, options: { parts: chosen, isJson: values.json, isHelp: values.help } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: readFirstSentence(error.message) };
  }
}

function readFirstSentence(text: string): string {
  return text.split(/[.\n]/, 1)[0] ?? text;
}
