import { chmod, lstat } from 'node:fs/promises';
import type { AgentUser } from '../../containers/agent-user.ts';
import type { MountTrial } from '../../containers/round-trip.ts';
import { shellWord } from '../../core/shell-word.ts';
import { type Finding, type Fix, problem } from './finding.ts';

const ALL_FOR_OWNER = 0o700;

/** What a trial says of the folder of a group, or nothing when all is well. */
export async function judgeTrial(
  folder: string,
  { mount, verdict }: MountTrial,
  user: AgentUser,
): Promise<Finding[]> {
  const { source, target } = mount;
  switch (verdict.status) {
    case 'ok':
      return [];
    case 'unwritable':
      return await judgeUnwritable(folder, { mount, verdict }, verdict.code, user);
    case 'exposed': {
      const detail = `${folder}: its agents can write to ${target}, which is given to them to read only`;
      const mend = `Stop the host: this engine does not keep ${source} safe. Use another one, by DOCKER_HOST.`;
      return [problem('mounts.exposed', detail, mend)];
    }
    case 'elsewhere': {
      const detail = `${folder}: what its agents write to ${target} is not in ${source}`;
      const mend =
        'The engine is on another machine. Use one on this machine: correct DOCKER_HOST.';
      return [problem('mounts.elsewhere', detail, mend)];
    }
    case 'other_user': {
      const detail = `${folder}: what its agents write to ${source} belongs to user ${verdict.uid}, not ${user.uid}`;
      const mend =
        'The engine maps users (rootless mode, or userns-remap). Use one that does not, by DOCKER_HOST.';
      return [problem('mounts.user', detail, mend)];
    }
    default:
      return verdict satisfies never;
  }
}

async function judgeUnwritable(
  folder: string,
  { mount: { source, target } }: MountTrial,
  code: string,
  user: AgentUser,
): Promise<Finding[]> {
  const found = await lstat(source);
  const isOwn = !target.startsWith('/workspace/extra/');
  // Each run begins with this.
  if (user.mustOwnFolders && isOwn && found.uid !== user.uid) return [];
  const mode = (found.mode & 0o7777).toString(8);
  const detail =
    `${folder}: its agents cannot write to ${target} (${code}): they are user ${user.uid}, and ` +
    `${source} belongs to user ${found.uid}, mode ${mode}`;
  const path = shellWord(source);
  if (found.uid !== user.uid) {
    const mend = `Give it to them:\n$ sudo chown -R ${user.uid}:${user.gid} ${path}`;
    return [problem('mounts.unwritable', detail, mend)];
  }
  if ((found.mode & ALL_FOR_OWNER) === ALL_FOR_OWNER) {
    const mend =
      'Its file system is read-only or full, or a security module such as SELinux refuses it; see the log of the system.';
    return [problem('mounts.unwritable', detail, mend)];
  }
  const fix = isOwn ? openForOwner(source, found.mode) : undefined;
  return [problem('mounts.unwritable', detail, `Let its owner write:\n$ chmod u+rwx ${path}`, fix)];
}

function openForOwner(source: string, mode: number): Fix {
  return {
    async apply() {
      await chmod(source, (mode & 0o7777) | ALL_FOR_OWNER);
      return `let the owner of ${source} write there`;
    },
  };
}
