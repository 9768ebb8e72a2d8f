import { parseEnv } from 'node:util';
import { envSchema } from '../../env-schema.ts';
import { readFileText, replaceFile } from '../../registrations/file.ts';
import type { SourceFolder } from '../source-folder.ts';

const MAX_FILE_BYTES = 256 * 1024;

/** Names that mean the same here and there. */
const KNOWN_NAMES = [
  'ASSISTANT_NAME',
  'TZ',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'ANTHROPIC_API_KEY',
  'OPENAI_API_KEY',
  'MAX_CONCURRENT_CONTAINERS',
] as const;

export interface SourceEnvironment {
  /** Of the known names, those that have a value. */
  readonly values: ReadonlyMap<string, string>;
  /** Zone of its tasks. */
  readonly timeZone: string | undefined;
  readonly problems: readonly string[];
}

/** What the `.env` there says. Values are secrets, and are in no message. */
export async function readSourceEnvironment(source: SourceFolder): Promise<SourceEnvironment> {
  const read = await source.readText('.env', MAX_FILE_BYTES);
  const problems = read.status === 'unusable' ? [read.problem] : [];
  const all = read.status === 'read' ? parseEnv(read.text) : {};
  const values = new Map(
    KNOWN_NAMES.flatMap((name) => {
      const value = all[name]?.trim() ?? '';
      // What a line of the file cannot hold, or our configuration refuses, is no value of these names.
      const isUsable = !/[\n\r"]/.test(value) && envSchema.safeParse({ [name]: value }).success;
      return value === '' || !isUsable ? [] : [[name, value] as const];
    }),
  );
  return { values, timeZone: values.get('TZ'), problems };
}

export interface EnvironmentPlan {
  /** Names that are added. */
  readonly added: readonly string[];
  /** Names that have a value here, which stays. */
  readonly kept: readonly string[];
}

/** What would be added to the file, which may be missing. */
export async function planEnvironment(
  path: string,
  { values }: SourceEnvironment,
): Promise<EnvironmentPlan> {
  const present = parseEnv(await readEnv(path));
  const names = [...values.keys()];
  const isHere = (name: string) => (present[name]?.trim() ?? '') !== '';
  return { added: names.filter((name) => !isHere(name)), kept: names.filter(isHere) };
}

/** Adds lines at the end; what is there stays as it is. The file becomes its owner's alone. */
export async function writeEnvironment(
  path: string,
  { values }: SourceEnvironment,
  { added }: EnvironmentPlan,
): Promise<void> {
  if (added.length === 0) return;
  const before = await readEnv(path);
  const lines = added.map((name) => `${name}="${values.get(name) ?? ''}"\n`);
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  await replaceFile(path, `${before}${gap}${lines.join('')}`);
}

async function readEnv(path: string): Promise<string> {
  const read = await readFileText(path);
  if (read.status === 'unreadable') throw new Error(`${path} ${read.reason}: mend it first`);
  return read.status === 'read' ? read.text : '';
}
