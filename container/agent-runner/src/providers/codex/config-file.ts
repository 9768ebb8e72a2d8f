import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TomlError, type TomlTable } from 'smol-toml';
import { readBoundedFile } from '../../bounded-file.ts';
import { describeError } from '../../describe-error.ts';
import { completeConfig, parseConfig } from './config.ts';

const MAX_CONFIG_BYTES = 1024 * 1024;

export type ConfigOutcome =
  | { status: 'ok'; config: TomlTable }
  /** A person has to mend the file (or its folder) that `detail` names. */
  | { status: 'broken'; detail: string };

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(text);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function bootstrap(codexHome: string, path: string): Promise<TomlTable> {
  await mkdir(codexHome, { recursive: true, mode: 0o700 });
  const text = await readBoundedFile(path, MAX_CONFIG_BYTES);
  const completed = completeConfig(text);
  if (completed !== undefined) await replaceFile(path, completed);
  return parseConfig(completed ?? text ?? '');
}

/** Writes config.toml when absent, adds the quiet settings it lacks, and returns what it says. */
export async function bootstrapConfig(codexHome: string): Promise<ConfigOutcome> {
  const path = join(codexHome, 'config.toml');
  try {
    return { status: 'ok', config: await bootstrap(codexHome, path) };
  } catch (error) {
    const what = error instanceof TomlError ? 'is not valid TOML' : 'cannot be prepared';
    return { status: 'broken', detail: `${path} ${what}: ${describeError(error)}` };
  }
}
