import { constants } from 'node:fs';
import { access, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPaths } from '@deckhand/protocol';
import { describeError } from '../../describe-error.ts';

/** The folder that the CLI takes for its own. Not one that is kept: see `prepareClaudeHome`. */
export function claudeConfigFolder({ home }: AgentPaths): string {
  return join(home, '.claude-session');
}

/** What the CLI takes for its user's home, of which its shell reads the profile. As short-lived as the folder above. */
export function claudeUserHome(paths: AgentPaths): string {
  return join(claudeConfigFolder(paths), 'home');
}

/**
 * Makes the CLI's folder anew, with nothing in it but an empty home and a link to the transcripts, which lie in the
 * group's `.claude` and are all that a resumed session needs. Whatever the `settingSources`, the CLI obeys some files of
 * its folder (2.1.329: `env` in `.claude.json`, which may send the credential to another server; hooks in
 * `remote-settings.json`), its shells read the profiles of the home and a script in `shell-snapshots`, and the agent can
 * write there: in a folder that is kept they would reach later runs. Call it before each run, also of a process that goes
 * on, which does without what it had there. Returns what is wrong when the transcripts cannot be kept.
 */
export async function prepareClaudeHome(paths: AgentPaths): Promise<string | undefined> {
  const transcripts = join(paths.claudeHome, 'projects');
  const config = claudeConfigFolder(paths);
  try {
    await mkdir(transcripts, { recursive: true, mode: 0o700 });
    await access(transcripts, constants.W_OK);
    await rm(config, { recursive: true, force: true });
    await mkdir(config, { mode: 0o700 });
    await mkdir(claudeUserHome(paths), { mode: 0o700 });
    await symlink(transcripts, join(config, 'projects'));
    return undefined;
  } catch (error) {
    return `${paths.claudeHome} cannot be used: ${describeError(error)}`;
  }
}
