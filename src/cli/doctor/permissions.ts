import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isErrno } from '../../errno.ts';
import { type HostPaths } from '../../paths.ts';
import { type Finding, ok, problem } from './finding.ts';

const CHECK = 'permissions';

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
    [paths.data, '700'],
    [paths.database, '600'],
    [join(paths.home, '.env'), '600'],
  ] as const;
  const findings: Finding[] = [];
  for (const [path, mode] of expected) findings.push(...(await checkFile(paths, path, mode, uid)));
  return findings.length > 0 ? findings : [ok(CHECK, 'data/ and .env are for this user only')];
}

async function checkFile(
  { home }: HostPaths,
  path: string,
  mode: string,
  uid: number,
): Promise<Finding[]> {
  const found = await statIfThere(path);
  if (found === undefined) return [];
  const name = relative(home, path);
  const actual = (found.mode & 0o777).toString(8).padStart(3, '0');
  const findings: Finding[] = [];
  if ((found.mode & 0o077) !== 0) {
    const detail = `${name} has the mode ${actual}: other users get at it`;
    findings.push(problem(CHECK, detail, `$ chmod ${mode} ${name}`));
  }
  if (found.uid !== uid) {
    const detail = `${name} belongs to user ${found.uid}, Deckhand runs as ${uid}`;
    findings.push(
      problem(CHECK, detail, `Run Deckhand as user ${found.uid}, or:\n$ sudo chown ${uid} ${name}`),
    );
  }
  return findings;
}

async function statIfThere(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}
