import { link, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What no path of a group may ever reach. */
const CANARY = 'canary outside';

/** Parts for paths into {@link createLinkedTree}. */
export const TREE_NAMES = [
  'a.txt',
  'sub',
  'sub/b.txt',
  'out',
  'out/secret',
  'up',
  'file-link',
  'twin',
  'inner',
  'dangling',
  '\u00e9.txt',
  'e\u0301.txt',
  '..hidden',
  'outside',
  'outside/secret',
  'group',
  'group/a.txt',
] as const;

/** A folder with files in two unicode forms, links in and out of it, a second name of a file outside. */
export async function createLinkedTree(): Promise<{ home: string; group: string }> {
  const home = await mkdtemp(join(tmpdir(), 'deckhand-paths-'));
  const group = join(home, 'group');
  const outside = join(home, 'outside');
  await mkdir(join(group, 'sub'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), CANARY);
  await writeFile(join(outside, 'second'), CANARY);
  for (const name of ['a.txt', 'sub/b.txt', '\u00e9.txt', 'e\u0301.txt', '..hidden'])
    await writeFile(join(group, name), `inside ${name}`);
  await symlink(outside, join(group, 'out'));
  await symlink('..', join(group, 'up'));
  await symlink(join(outside, 'secret'), join(group, 'file-link'));
  await symlink('sub', join(group, 'inner'));
  await symlink(join(outside, 'new'), join(group, 'dangling'));
  await link(join(outside, 'second'), join(group, 'twin'));
  return { home, group };
}

/** Everything below a folder without following links, and what files hold. */
export async function takeInventory(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    found[entry.name] = entry.isFile() ? await readFile(path, 'utf8') : 'no file';
    if (!entry.isDirectory()) continue;
    for (const [name, text] of Object.entries(await takeInventory(path)))
      found[`${entry.name}/${name}`] = text;
  }
  return found;
}
