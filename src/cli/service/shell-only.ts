import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { envSchema } from '../../env-schema.ts';
import { isErrno } from '../../errno.ts';
import { type CliContext, installationPaths } from '../context.ts';

/** In the definition, or as good as the same for the service. */
const KNOWN_TO_SERVICE = new Set(['DECKHAND_HOME', 'TZ']);

/** Names of the variables that configure Deckhand in the caller's shell and not in `.env`: a service has no shell. */
export async function shellOnlyVariables(context: CliContext): Promise<readonly string[]> {
  const stored = await readDotEnv(join(installationPaths(context).home, '.env'));
  return Object.keys(envSchema.shape).filter(
    (name) => !KNOWN_TO_SERVICE.has(name) && Boolean(context.environment[name]) && !stored[name],
  );
}

async function readDotEnv(path: string): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return parseEnv(await readFile(path, 'utf8'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return {};
    throw error;
  }
}
