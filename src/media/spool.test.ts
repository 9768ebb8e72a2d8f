import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import { createSpool, type Spool } from './spool.ts';

let home = '';
let group = '';
let root = '';
let spool: Spool;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'deckhand-spool-'));
  group = join(home, 'group');
  root = join(home, 'spool');
  await mkdir(join(group, 'out'), { recursive: true });
  await writeFile(join(group, 'out', 'a.txt'), 'twelve bytes');
  spool = createSpool({ root, logger: createLogger('silent') });
});
afterEach(() => rm(home, { recursive: true }));

test('a copy stays as it was when the agent changes its file', async () => {
  const taken = await spool.take(group, 'out/a.txt', 100);
  await writeFile(join(group, 'out', 'a.txt'), 'other');
  if (!taken.ok) throw new Error(taken.reason);
  expect(taken.size).toBe(12);
  expect(await readFile(spool.pathOf(taken.spoolName), 'utf8')).toBe('twelve bytes');
});

test('links, pipes, second names, folders and paths that lead out are refused without a copy', async () => {
  await writeFile(join(home, 'secret'), 'canary');
  await symlink(join(home, 'secret'), join(group, 'link'));
  await symlink(home, join(group, 'folder'));
  await link(join(home, 'secret'), join(group, 'twin'));
  execFileSync('mkfifo', [join(group, 'pipe')]);
  const reasons: Record<string, string> = {};
  const paths = ['link', 'folder/secret', 'twin', 'pipe', 'out', '../secret', `${home}/secret`, ''];
  for (const path of [...paths, 'out//a.txt', './out/a.txt', 'no\0no', 'none']) {
    const taken = await spool.take(group, path, 100);
    reasons[path] = taken.ok ? 'taken' : taken.reason;
  }
  expect(reasons).toEqual({
    link: 'unsafe',
    'folder/secret': 'unsafe',
    twin: 'unsafe',
    pipe: 'unsafe',
    out: 'unsafe',
    '../secret': 'bad_path',
    [`${home}/secret`]: 'bad_path',
    '': 'bad_path',
    'out//a.txt': 'bad_path',
    './out/a.txt': 'bad_path',
    'no\0no': 'bad_path',
    none: 'missing',
  });
  expect(await readdir(home)).not.toContain('spool');
});

test('a file that is empty or larger than allowed is refused', async () => {
  await writeFile(join(group, 'empty'), '');
  expect(await spool.take(group, 'empty', 10)).toEqual({ ok: false, reason: 'empty' });
  expect(await spool.take(group, 'out/a.txt', 11)).toEqual({ ok: false, reason: 'too_large' });
});

test('a sweep keeps what unsent messages need and nothing else', async () => {
  const [kept, left] = [
    await spool.take(group, 'out/a.txt', 100),
    await spool.take(group, 'out/a.txt', 100),
  ];
  if (!kept.ok || !left.ok) throw new Error('not taken');
  await spool.sweep([kept.spoolName]);
  expect(await readdir(root)).toEqual([kept.spoolName]);
});
