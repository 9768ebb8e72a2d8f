import { chmod, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isErrno } from '../../errno.ts';
import { type HostPaths } from '../../paths.ts';
import { type Finding, type Fix, ok, problem } from './finding.ts';

/**
 * Whether only the host's user gets at keys and messages. `uid` is that of this process; undefined on
 * Windows, where there is nothing to check.
 */
export async function checkPermissions(
  paths: HostPaths,
  uid: number | undefined,
): Promise<Finding[]> {
  if (uid === undefined) return [];
  const expected = [
    [paths.data, 0o700],
    [paths.database, 0o600],
    [join(paths.home, '.env'), 0o600],
  ] as const;
  const findings: Finding[] = [];
  for (const [path, mode] of expected) findings.push(...(await checkFile(paths, path, mode, uid)));
  return findings.length > 0
    ? findings
    : [ok('permissions', 'data/ and .env are for this user only')];
}

async function checkFile(
  { home }: HostPaths,
  path: string,
  mode: number,
  uid: number,
): Promise<Finding[]> {
  const found = await statIfThere(path);
  if (found === undefined) return [];
  const name = relative(home, path);
  const findings: Finding[] = [];
  if ((found.mode & 0o077) !== 0) {
    const detail = `${name} has the mode ${octal(found.mode)}: other users get at it`;
    const fix = found.uid === uid ? makePrivate(path, name, mode) : undefined;
    findings.push(
      problem(
        'permissions.mode',
        detail,
        `Keep it to this user:\n$ chmod ${octal(mode)} ${name}`,
        fix,
      ),
    );
  }
  if (found.uid !== uid) {
    const detail = `${name} belongs to user ${found.uid}, Deckhand runs as ${uid}`;
    const mend = `Run Deckhand as user ${found.uid}, or:\n$ sudo chown ${uid} ${name}`;
    findings.push(problem('permissions.owner', detail, mend));
  }
  return findings;
}

function makePrivate(path: string, name: string, mode: number): Fix {
  return {
    async apply() {
      await chmod(path, mode);
      return `gave ${name} the mode ${octal(mode)}`;
    },
  };
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
