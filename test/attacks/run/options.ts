import { parseArgs } from 'node:util';

export interface Options {
  /** Rows by their ids; all when absent. */
  readonly only?: readonly string[];
  readonly isJson: boolean;
}

export type OptionsOutcome =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: 'help' }
  | { readonly ok: false; readonly problem: string };

export const ATTACKS_HELP = `Attacks a host as hostile groups would, and measures what quiet ones notice.

  npm run attacks                    all attacks
  npm run attacks -- --only T4,T6    these alone

  --only LIST  ids of rows of the threat table, with commas between
  --json       print the result as one JSON object

Exit code 0: all were stopped, and quiet groups' p99 was within twice of what it is without. 1: not. 2: wrong arguments.
`;

/** Reads the arguments; `ids` are those of the rows that there are. */
export function readOptions(argv: readonly string[], ids: readonly string[]): OptionsOutcome {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return { ok: 'help' };
    const only = values.only?.split(',');
    const unknown = only?.find((id) => !ids.includes(id));
    if (unknown !== undefined)
      return { ok: false, problem: `--only takes ids such as ${ids.join(',')}, not "${unknown}"` };
    return { ok: true, options: { isJson: values.json, ...(only && { only }) } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { ok: false, problem: error.message.split(/[.\n]/, 1)[0] ?? error.message };
  }
}
