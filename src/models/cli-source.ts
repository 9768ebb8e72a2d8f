import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LiveList } from '../core/models/live-list.ts';
import { readCodexModels } from './codex-models.ts';
import type { SourceOutcome } from './source.ts';

const run = promisify(execFile);
const NAME = 'the Codex CLI';
/** It answers within half a second; the rest is for a busy machine. */
const DEADLINE_MS = 20_000;
/** The catalog of 0.169.0 has 745 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Asks the CLI for the models that it knows, in a home of its own, so that neither a sign-in nor settings of
 * somebody are read. Rejects only when the signal aborts.
 */
export async function listCliModels(binary: string, signal: AbortSignal): Promise<SourceOutcome> {
  const home = await mkdtemp(join(tmpdir(), 'deckhand-codex-models-'));
  try {
    const { stdout } = await run(binary, ['debug', 'models'], {
      env: { HOME: home, CODEX_HOME: home },
      timeout: DEADLINE_MS,
      maxBuffer: MAX_BYTES,
      signal,
    });
    return toLists(JSON.parse(stdout));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof SyntaxError ? 'it printed no JSON' : 'it did not run';
    return { ok: false, note: `${NAME} could not be asked for its models: ${reason}.` };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** What the CLI knows is a beginning: the servers may serve others. */
function toLists(value: unknown): SourceOutcome {
  const read = readCodexModels(value);
  if (!read.ok) return { ok: false, note: `${NAME} could not be asked: ${read.reason}.` };
  const listed = read.models.filter(({ isListed }) => isListed);
  const lists: LiveList[] = [
    { provider: 'openai-codex', isComplete: false, models: listed.map(({ live }) => live) },
    {
      provider: 'openai',
      isComplete: false,
      models: listed.filter(({ isInApi }) => isInApi).map(({ live }) => live),
    },
  ];
  return { ok: true, lists };
}
