import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type LeakKind, leakKindSchema } from '../probe/probe-message.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Where the picture goes; none unless told. */
  readonly out: string | undefined;
  readonly isJson: boolean;
  /** Make the host leak, to see that the soak notices. */
  readonly planted: LeakKind | undefined;
  readonly isHelp: boolean;
}

export type OptionsOutcome = { ok: true; options: SoakOptions } | { ok: false; problem: string };

export const SOAK_HELP = `Lets a real host work for a while and judges what grows; see docs/soak.md. Linux only.

  npm run soak                                     half an hour, figures as lines
  npm run --silent soak -- --minutes 5 --json      one JSON object
  npm run soak -- --out soak.svg                   a picture as well

  --minutes M    how long traffic lasts (default 30, at least 0.5)
  --json         figures as one JSON object
  --out FILE     write a picture of the samples, an SVG
  --plant KIND   self-test: the host leaks ${leakKindSchema.options.join(', ')}, and the soak must fail
  --help         this text

The exit code is 0 when nothing leaked, was lost or came twice, 1 otherwise, 2 for wrong arguments.
`;

const valuesSchema = z.object({
  minutes: z.coerce.number().min(0.5).max(10_080),
  out: z.string().min(1).optional(),
  json: z.boolean(),
  plant: leakKindSchema.optional(),
  help: z.boolean(),
});

export function readOptions(argv: readonly string[]): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        minutes: { type: 'string', default: '30' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        plant: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const parsed = valuesSchema.safeParse(values);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not understood' };
      return { ok: false, problem: `--${path.join('.')}: ${message}` };
    }
    const { minutes, out, json: isJson, plant: planted, help: isHelp } = parsed.data;
    return { ok: true, options: { minutes, out, isJson, planted, isHelp } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: error.message.split(/[.\n]/, 1)[0] ?? error.message };
  }
}
