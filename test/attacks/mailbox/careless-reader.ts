import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../../../src/errno.ts';

/**
 * What a host would do that trusts paths: it lists a folder and reads each file by its name. The control of the
 * attacks on the mailbox: what they exchange has to reach it. Pipes are left out, on which it would hang.
 */
export async function readCarelessly(box: string): Promise<string[]> {
  const texts: string[] = [];
  for (const entry of await list(box)) {
    if (entry.isFIFO() || !entry.name.endsWith('.json')) continue;
    const text = await readPlain(join(box, entry.name));
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

async function list(box: string) {
  try {
    return await readdir(box, { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

async function readPlain(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw error;
  }
}
