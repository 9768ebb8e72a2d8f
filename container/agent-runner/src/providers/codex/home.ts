import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPaths } from '@deckhand/protocol';
import { stringify, type TomlTable } from 'smol-toml';
import { readBoundedFile } from '../../bounded-file.ts';

const MAX_ENVIRONMENT_BYTES = 64 * 1024;

/** The folders that the CLI takes for its user's and its own. None that is kept: see `prepareCodexHome`. */
export interface CodexHome {
  readonly home: string;
  readonly codexHome: string;
}

function codexSessionHome({ home }: AgentPaths): CodexHome {
  const session = join(home, '.codex-session');
  return { home: session, codexHome: join(session, '.codex') };
}

/**
 * Makes the CLI's folders anew, with nothing in them but what the owner has written: config.toml and `.env`, which the
 * container has read-only. Besides those the CLI (0.169) obeys AGENTS.md, AGENTS.override.md, skills, prompts, rules,
 * hooks and its own databases in CODEX_HOME, and skills and shell profiles in HOME, and the agent can write both: in
 * folders that are kept they would reach later runs. A ChatGPT sign-in is a link, so that the host can replace it while
 * the CLI runs; without `hasSignIn` there is none. Call it before each start of the CLI. Rejects when the disk does.
 */
export async function prepareCodexHome(
  paths: AgentPaths,
  config: TomlTable,
  hasSignIn: boolean,
): Promise<CodexHome> {
  const session = codexSessionHome(paths);
  await rm(session.home, { recursive: true, force: true });
  await mkdir(session.codexHome, { recursive: true, mode: 0o700 });
  const own = (name: string) => join(session.codexHome, name);
  await writeFile(own('config.toml'), stringify(config), { mode: 0o600 });
  const env = await readBoundedFile(join(paths.codexHome, '.env'), MAX_ENVIRONMENT_BYTES);
  if (env !== undefined && env !== '') await writeFile(own('.env'), env, { mode: 0o600 });
  if (hasSignIn) await symlink(join(paths.codexHome, 'auth.json'), own('auth.json'));
  return session;
}
