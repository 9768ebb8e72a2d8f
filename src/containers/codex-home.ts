import type { Stats } from 'node:fs';
import { lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrapConfig } from '@deckhand/agent-runner/codex-config';
import { isErrno } from '../errno.ts';

/**
 * Makes the files that configure the CLI, because an agent's container cannot write the folder: config.toml as the
 * agent runner would write or complete it, and `.env`, from which the CLI takes environment variables (proxies,
 * authorities; CLI 0.169). A config.toml that cannot be written, or is no TOML, is left as it is: the runner says why.
 */
export async function prepareCodexFiles(codexHome: string): Promise<void> {
  await bootstrapConfig(codexHome);
  await makeEmptyFile(join(codexHome, '.env'));
}

/** In place of whatever else is there. The host and a command may do this at once. */
async function makeEmptyFile(path: string): Promise<void> {
  const found = await lookAt(path);
  if (found?.isFile()) return;
  if (found !== undefined) await rm(path, { recursive: true, force: true });
  try {
    await writeFile(path, '', { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(await isFile(path))) throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await lookAt(path))?.isFile() ?? false;
}

function lookAt(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
}
