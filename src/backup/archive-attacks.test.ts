import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar, type TarEntry, unpackTar } from 'modern-tar';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fillInstallation, takeInventory } from '../cli/backup/installation.fixture.ts';
import { type CliWorld, createCliWorld } from '../cli/cli-world.fixture.ts';

interface Entry {
  readonly header: TarEntry['header'];
  readonly data?: Uint8Array;
}

let source: CliWorld;
/** Of a good archive. */
let entries: readonly Entry[] = [];
let bytes = Buffer.alloc(0);
let target: CliWorld;
let before: Record<string, string> = {};

beforeAll(async () => {
  source = createCliWorld();
  fillInstallation(source);
  const archive = join(source.home, 'backup.tar.gz');
  await source.run('backup', archive, '--no-files');
  bytes = readFileSync(archive);
  entries = await unpackTar(gunzipSync(bytes));
});
afterAll(() => source[Symbol.dispose]());
beforeEach(() => {
  target = createCliWorld();
  target.register({ '9@g.us': { name: 'Old', folder: 'old' } });
  before = takeInventory(target.home);
});
afterEach(() => target[Symbol.dispose]());

/** The state, and no trace of what was tried; the lock that a restore takes is all that may be new. */
async function expectRefusal(archive: Uint8Array, message: RegExp): Promise<void> {
  const file = join(source.home, 'changed.tar.gz');
  writeFileSync(file, archive);
  const { code, stdout, stderr } = await target.run('restore', file);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
  const after = takeInventory(target.home);
  delete after['data/deckhand.lock'];
  expect(after).toEqual(before);
}

async function pack(changed: readonly Entry[]): Promise<Uint8Array> {
  return gzipSync(
    await packTar(changed.map(({ header, data }) => ({ header, ...(data && { body: data }) }))),
    { level: 1 },
  );
}

function manifestOf(from: readonly Entry[]) {
  return JSON.parse(Buffer.from(from.at(-1)?.data ?? []).toString());
}

function jsonEntry(name: string, value: unknown): Entry {
  const data = Buffer.from(JSON.stringify(value));
  return { header: { name, size: data.length, mode: 0o600 }, data };
}

/** As somebody would who makes an archive by hand: the manifest fits what was put in. */
function withEntry(added: Entry): readonly Entry[] {
  const manifest = manifestOf(entries);
  const { size } = added.header;
  const sha256 = createHash('sha256')
    .update(added.data ?? '')
    .digest('hex');
  manifest.files.push({ path: added.header.name, size, sha256 });
  return [...entries.slice(0, -1), added, jsonEntry('manifest.json', manifest)];
}

test('the archive that the others are made of is good', async () => {
  const file = join(source.home, 'same.tar.gz');
  writeFileSync(file, await pack(entries));
  expect(await target.run('restore', file)).toMatchObject({ code: 0, stderr: '' });
});

test.for([
  '/etc/cron.d/evil',
  '../evil',
  'groups/../../evil',
  'groups/./x',
  'groups//x',
  'bin/deckhand.js',
  'src/main.ts',
  'node_modules/x.js',
  'package.json',
  '.git/hooks/post-checkout',
  'data/deckhand.lock',
  'data/ipc-claimed/x',
  'data/codex/family/.codex/config.toml',
  'data/claude/../.claude/projects/x',
  'groups-evil/x',
  'backup.json',
])('nothing is written to %s', async (name) => {
  const data = Buffer.from('evil');
  const archive = await pack(withEntry({ header: { name, size: data.length }, data }));
  await expectRefusal(archive, /has no place in a backup\. Nothing was changed\.\n$/);
  expect(existsSync('/etc/cron.d/evil')).toBe(false);
});

test.for([
  { type: 'symlink', linkname: '/etc' },
  { type: 'link', linkname: 'data/deckhand.db' },
  { type: 'character-device' },
  { type: 'block-device' },
  { type: 'fifo' },
] as const)('a $type is refused', async (kind) => {
  const header = { name: 'groups/family/odd', size: 0, ...kind };
  await expectRefusal(await pack(withEntry({ header })), /is neither file nor folder/);
});

test('a file below what was a file before is refused', async () => {
  const data = Buffer.from('x');
  const name = 'groups/family/CLAUDE.md/inside';
  const archive = await pack(withEntry({ header: { name, size: 1 }, data }));
  await expectRefusal(archive, /backup|place|archive/);
});

test('a file that is there twice is refused', async () => {
  const data = Buffer.from('second');
  const header = { name: 'groups/family/CLAUDE.md', size: data.length };
  await expectRefusal(await pack(withEntry({ header, data })), /is there twice/);
});

test('a size that no disk has is refused before anything of it is written', async () => {
  const good = gunzipSync(await pack(withEntry({ header: { name: 'groups/big', size: 0 } })));
  const at = good.indexOf('groups/big');
  // Eight bytes of a binary number, as GNU writes sizes that octal digits cannot hold.
  good.set([0x80, 0, 0, 0, 0, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], at + 124);
  good.write('        ', at + 148);
  const sum = good.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  good.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148);
  await expectRefusal(gzipSync(good), /too little room|not a whole backup/);
});

test('what the manifest does not say is refused: another byte, one file more, one less', async () => {
  const first = entries.findIndex(({ header }) => header.name === 'groups/family/CLAUDE.md');
  const other = entries.map((entry, index) =>
    index === first && entry.data
      ? { ...entry, data: Buffer.from(entry.data).fill(0x41, 0, 1) }
      : entry,
  );
  await expectRefusal(await pack(other), /is not what its manifest says/);
  await expectRefusal(
    await pack(entries.filter((_, index) => index !== first)),
    /"groups\/family\/CLAUDE\.md" is not what its manifest says/,
  );
  const extra = { header: { name: 'groups/extra', size: 0 }, data: Buffer.alloc(0) };
  const more = [...entries.slice(0, -1), extra, ...entries.slice(-1)];
  await expectRefusal(await pack(more), /"groups\/extra" is not what/);
});

test('an archive without database, manifest or header is none', async () => {
  const manifest = manifestOf(entries);
  const files = manifest.files.filter(({ path }: { path: string }) => path !== 'data/deckhand.db');
  const withoutDatabase = entries
    .slice(0, -1)
    .filter(({ header }) => header.name !== 'data/deckhand.db');
  const fitting = [...withoutDatabase, jsonEntry('manifest.json', { ...manifest, files })];
  await expectRefusal(await pack(fitting), /"data\/deckhand\.db" is not what/);
  await expectRefusal(await pack(entries.slice(0, -1)), /its end is missing/);
  await expectRefusal(await pack(entries.slice(1)), /is not a backup of Deckhand/);
  await expectRefusal(await pack([]), /its end is missing/);
});

test('what comes after the manifest is refused', async () => {
  const extra = { header: { name: 'groups/extra', size: 0 }, data: Buffer.alloc(0) };
  await expectRefusal(await pack([...entries, extra]), /goes on after its manifest/);
});

test.for([
  [{ format: 2 }, /newer than this one\. Update Deckhand first/],
  [{ schema: 9_999 }, /newer than this one\. Update Deckhand first/],
  [{ format: 'one' }, /backup\.json of the archive cannot be understood/],
  [{ createdAt: 9e15 }, /backup\.json of the archive cannot be understood/],
  [{ more: true }, /backup\.json of the archive cannot be understood/],
] as const)('a header with %j is refused', async ([change, message]) => {
  const header = JSON.parse(Buffer.from(entries[0]?.data ?? []).toString());
  const changed = [jsonEntry('backup.json', { ...header, ...change }), ...entries.slice(1)];
  await expectRefusal(await pack(changed), message);
});

test('a database in it that is none is refused', async () => {
  const manifest = manifestOf(entries);
  const data = Buffer.from('no database');
  const sha256 = createHash('sha256').update(data).digest('hex');
  const file = { path: 'data/deckhand.db', size: data.length, sha256 };
  const files = [file, ...manifest.files.slice(1)];
  const header = { name: file.path, size: data.length, mode: 0o600 };
  const changed = [entries[0]!, { header, data }, ...entries.slice(2, -1)];
  await expectRefusal(
    await pack([...changed, jsonEntry('manifest.json', { ...manifest, files })]),
    /The database in the archive cannot be used/,
  );
});

test('an archive that was cut short anywhere is refused', async () => {
  const step = Math.floor(bytes.length / 40);
  for (let length = 0; length < bytes.length; length += step) {
    await expectRefusal(bytes.subarray(0, length), /backup/);
  }
  await expectRefusal(bytes.subarray(0, -1), /backup/);
});

test('what is no archive is refused', async () => {
  await expectRefusal(Buffer.from('hello'), /is not a whole backup of Deckhand/);
  await expectRefusal(gzipSync('hello'), /backup/);
  await expectRefusal(gzipSync(Buffer.alloc(10_240, 0x20)), /is not a whole backup of Deckhand/);
});
