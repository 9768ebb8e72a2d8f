import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Problem } from './result.ts';
import type { CrashWorld } from './world.ts';

/** `deckhand why` takes a second each. */
const MAX_STORIES = 5;

/** The first problems with what `deckhand why` knows of their questions. */
export async function tellStories(
  problems: readonly Problem[],
  world: CrashWorld,
): Promise<Problem[]> {
  const told: Problem[] = [];
  for (const problem of problems) {
    const { messageId } = problem;
    const mayAsk = messageId !== undefined && told.length < MAX_STORIES;
    const known = mayAsk ? await askWhy(messageId, world) : [];
    told.push({ ...problem, story: [...problem.story, ...known] });
  }
  return told;
}

async function askWhy(messageId: string, { projectRoot, env }: CrashWorld): Promise<string[]> {
  const program = join(projectRoot, 'bin', 'deckhand.js');
  try {
    const options = { env: { ...env } };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [program, 'why', messageId],
      options,
    );
    return stdout.trimEnd().split('\n');
  } catch (error) {
    // It ends with an error when it knows nothing of the message, which is worth telling.
    return [`deckhand why: ${error instanceof Error ? error.message : String(error)}`];
  }
}
