import { decodeLine } from '@deckhand/protocol';
import { z } from 'zod';
import { runProcess } from './run-process.ts';

/** Longest time of a script. */
export const SCRIPT_LIMIT_MS = 30_000;
/** Longest data that is handed to the model, as JSON, in characters. */
const MAX_DATA_CHARS = 16_000;
/** What of a line of output or of an error is quoted. */
const MAX_QUOTED_CHARS = 300;

export type PreCheck =
  | { status: 'wake'; data: unknown }
  | { status: 'skip' }
  /** `detail` says what to mend in the script. */
  | { status: 'failed'; detail: string };

export interface ScriptSurroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

const verdictSchema = z.object({
  ok: z.literal(true),
  value: z.object({ wakeAgent: z.boolean(), data: z.unknown().optional() }),
});

/**
 * Runs a bash script that decides whether the agent is needed: its last line of output that is not blank is
 * `{"wakeAgent":bool,"data":…}`. It may take 30 seconds and sees no credential; whatever it started ends
 * with it.
 */
export async function runPreCheck(
  script: string,
  { cwd, env, limitMs }: ScriptSurroundings,
  signal: AbortSignal,
): Promise<PreCheck> {
  const limit = AbortSignal.timeout(limitMs);
  let lastLine = '';
  const end = await runProcess(
    // Bash takes a socket on its stdin for a remote login, and would read the agent's own .bashrc.
    { binary: 'bash', args: ['--norc', '-c', script], env, cwd, input: '' },
    (line) => {
      if (line.trim() !== '') lastLine = line;
    },
    AbortSignal.any([signal, limit]),
  );
  if (limit.aborted) return failed(`it took longer than ${limitMs / 1000} s`);
  if (end.exitCode !== 0) {
    const how = end.exitCode === null ? `signal ${end.signal}` : `exit code ${end.exitCode}`;
    return failed(`it ended with ${how}: ${end.stderr.trim().slice(-MAX_QUOTED_CHARS)}`);
  }
  return readVerdict(lastLine);
}

function failed(detail: string): PreCheck {
  return { status: 'failed', detail: `pre-check script: ${detail}` };
}

function readVerdict(line: string): PreCheck {
  const verdict = verdictSchema.safeParse(decodeLine(line));
  if (!verdict.success) {
    const quoted = JSON.stringify(line.slice(0, MAX_QUOTED_CHARS));
    return failed(`its last line is not {"wakeAgent":true|false,"data":…} but ${quoted}`);
  }
  const { wakeAgent, data } = verdict.data.value;
  if (!wakeAgent) return { status: 'skip' };
  if ((JSON.stringify(data) ?? '').length > MAX_DATA_CHARS) {
    return failed(`its data is longer than ${MAX_DATA_CHARS} characters`);
  }
  return { status: 'wake', data };
}
