import { constants } from 'node:fs';
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readBoundedFile } from '../../bounded-file.ts';
import { describeError } from '../../describe-error.ts';

const MAX_STATE_BYTES = 16 * 1024 * 1024;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/**
 * Makes the CLI's folder usable: it must be writable, or turns succeed and no session is kept; and a
 * corrupt `.claude.json` (a crash while it was written) would fail every later run, so it is moved away.
 * Returns what is wrong when it cannot be made so.
 */
export async function prepareClaudeHome(
  claudeHome: string,
  log: (message: string) => void,
): Promise<string | undefined> {
  const state = join(claudeHome, '.claude.json');
  try {
    await mkdir(claudeHome, { recursive: true, mode: 0o700 });
    await access(claudeHome, constants.W_OK);
    const text = await readBoundedFile(state, MAX_STATE_BYTES);
    if (text === undefined || isJson(text)) return undefined;
    await rename(state, `${state}.corrupt`);
    log('a corrupt .claude.json was moved away');
    return undefined;
  } catch (error) {
    return `${claudeHome} cannot be used: ${describeError(error)}`;
  }
}
