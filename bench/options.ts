import { parseArgs } from 'node:util';
import { z } from 'zod';

/** Measured when none is named. */
const USUAL_PARTS = ['overhead', 'gateway', 'containers', 'signal', 'ipc'] as const;
/** `load` takes more than ten minutes. */
const PARTS = [...USUAL_PARTS, 'load'] as const;
type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Of `load` alone. */
  readonly load: { readonly minutes: number; readonly rate: number };
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

export type OptionsOutcome = { ok: true; options: BenchOptions } | { ok: false; problem: string };

export const BENCH_HELP = `Measures Deckhand on this machine; see docs/performance.md.

  npm run bench                    all parts but load, as a table
  npm run --silent bench -- --json the same as one JSON object
  npm run bench -- overhead signal only these parts
  npm run bench -- load            only load

  overhead     what the host adds to a run, on a loopback WhatsApp
  gateway      a request to a model through the host against one straight to it
  containers   cold start and warm turn against the bare container and CLI, and by the door; needs Docker
  signal       group decryption against Baileys' stock Signal repository
  ipc          an agent's request to its reply, with and without file events
  load         a thousand groups and fifty agents under a steady rate of messages, and a restart; Linux only

  --minutes M  how long the rate of load lasts (default 10)
  --rate R     messages a second of load (default 500)
`;

const loadSchema = z.object({
  minutes: z.coerce.number().positive(),
  rate: z.coerce.number().positive(),
});

export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        minutes: { type: 'string', default: '10' },
        rate: { type: 'string', default: '500' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((name) => !PARTS.some((part) => part === name));
    if (unknown !== undefined) {
      return { ok: false, problem: `there is no part "${unknown}", only ${PARTS.join(', ')}` };
    }
    const load = loadSchema.safeParse(values);
    if (!load.success) {
      return { ok: false, problem: `--minutes and --rate take a number above 0` };
    }
    const parts =
      positionals.length === 0 ? USUAL_PARTS : PARTS.filter((part) => positionals.includes(part));
    const { json: isJson, help: isHelp } = values;
    return { ok: true, options: { parts, load: load.data, isJson, isHelp } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: readFirstSentence(error.message) };
  }
}

function readFirstSentence(text: string): string {
  return text.split(/[.\n]/, 1)[0] ?? text;
}
