import { lstat, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrapConfig } from '@deckhand/agent-runner/codex-config';

/**
 * Makes the files that configure the CLI before the container is made, so that they can be mounted read-only into
 * it: config.toml as the agent runner would write or complete it, and `.env`, from which the CLI takes environment
 * variables (proxies, authorities; CLI 0.169). Returns their paths by name. A config.toml that is missing cannot be
 * written, and one that is no TOML is left as it is: in both cases the runner says why.
 */
export async function prepareCodexFiles(codexHome: string): Promise<Record<string, string>> {
  const config = join(codexHome, 'config.toml');
  const environment = join(codexHome, '.env');
  const { status } = await bootstrapConfig(codexHome);
  const hasConfig = status === 'ok' || (await isFile(config));
  if (!(await isFile(environment))) {
    await rm(environment, { recursive: true, force: true });
    await writeFile(environment, '', { flag: 'wx', mode: 0o600 });
  }
  return { ...(hasConfig ? { 'config.toml': config } : {}), '.env': environment };
}

async function isFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isFile() ?? false;
}
