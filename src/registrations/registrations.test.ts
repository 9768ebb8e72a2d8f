import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemNow } from '../clock.ts';
import type { RegistrationChanges, RegistrationProblem } from '../core/registration.ts';
import { createLogger } from '../logger.ts';
import { editRegistrations, loadRegistrations } from './edit.ts';
import {
  BrokenRegistrationsError,
  createRegistrations,
  type Registrations,
  type RegistrationsOptions,
} from './registrations.ts';

const FAMILY = '120363001@g.us';
const WORK = '120363002@g.us';
const signal = new AbortController().signal;

let folder: string;
let path: string;
let opened: Registrations[];
let changes: Feed<RegistrationChanges>;
let problems: Feed<readonly RegistrationProblem[]>;

/** What a callback was given, in order; `next` waits for what has not been taken yet. */
class Feed<T> {
  readonly items: T[] = [];
  #taken = 0;
  #wake: () => void = () => undefined;

  push(item: T): void {
    this.items.push(item);
    this.#wake();
  }

  async next(): Promise<T> {
    if (this.#taken === this.items.length) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.items[this.#taken++]!;
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deckhand-registrations-'));
  path = join(folder, 'data', 'registered_groups.json');
  opened = [];
  changes = new Feed();
  problems = new Feed();
});

afterEach(async () => {
  for (const registrations of opened) await registrations[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function openRegistrations(
  options: Pick<RegistrationsOptions, 'sweepMs' | 'onChange'> = {},
): Promise<Registrations> {
  const registrations = await createRegistrations({
    path,
    now: systemNow,
    logger: createLogger('silent'),
    onChange: (change) => changes.push(change),
    onProblem: (problem) => problems.push(problem),
    settleMs: 5,
    sweepMs: 600_000,
    ...options,
  });
  opened.push(registrations);
  return registrations;
}

/** As vim with `backup` does it: the old file moves away, then a new one takes its name. */
async function editLikeVim(text: string): Promise<void> {
  await rename(path, `${path}~`);
  await writeFile(path, text);
}

describe('createRegistrations', () => {
  it('starts without groups where no file is, and hears of the first one', async () => {
    const registrations = await openRegistrations();
    expect(registrations.all()).toEqual([]);
    await writeFile(path, JSON.stringify({ [FAMILY]: { name: 'Family', folder: 'family' } }));
    expect((await changes.next()).added.map((group) => group.folder)).toEqual(['family']);
    expect(registrations.byFolder('family')?.jid).toBe(FAMILY);
  });

  it('refuses to start on a broken file and lists what to mend', async () => {
    const registrations = await openRegistrations();
    await registrations[Symbol.asyncDispose]();
    await writeFile(path, JSON.stringify({ [FAMILY]: { name: 'Family', folder: 'No Way' } }));
    const start = openRegistrations();
    await expect(start).rejects.toThrow(BrokenRegistrationsError);
    await expect(start).rejects.toThrow(`${FAMILY}.folder: must be 1-64 lower-case`);
  });

  it('follows edits that replace the file, one after the other', async () => {
    const registrations = await openRegistrations();
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await changes.next();
    for (const name of ['One', 'Two', 'Three']) {
      await editLikeVim(JSON.stringify({ [FAMILY]: { name, folder: 'family' } }));
      expect((await changes.next()).changed[0]?.after.name).toBe(name);
    }
    expect(problems.items).toEqual([]);
  });

  it('follows further edits after a listener has thrown', async () => {
    const registrations = await openRegistrations({
      onChange() {
        throw new Error('disk full');
      },
    });
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await registrations.add({ jid: WORK, name: 'Work', folder: 'work' }, signal);
    expect(registrations.all().map((group) => group.folder)).toEqual(['family', 'work']);
  });

  it('keeps the last good state under a broken edit, reports it once, and recovers', async () => {
    const registrations = await openRegistrations({ sweepMs: 20 });
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await changes.next();
    await writeFile(path, '{ "120363001@g.us": { "name": "Fam');
    expect((await problems.next())[0]?.message).toContain('is not valid JSON');
    for (let sweep = 0; sweep < 5; sweep += 1) await registrations.reload();
    expect(problems.items).toHaveLength(1);
    expect(registrations.get(FAMILY)?.name).toBe('Family');

    await editLikeVim(JSON.stringify({ [FAMILY]: { name: 'Mended', folder: 'family' } }));
    expect((await changes.next()).changed[0]?.after.name).toBe('Mended');

    await writeFile(path, JSON.stringify({ [FAMILY]: { name: 'x', folder: 'family', typo: 1 } }));
    expect(await problems.next()).toEqual([
      { path: `${FAMILY}.typo`, message: expect.stringContaining('not a known field') },
    ]);
  });

  it('takes a file written in two steps for one edit', async () => {
    const registrations = await openRegistrations();
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await changes.next();
    await writeFile(path, '');
    await registrations.reload();
    await registrations.reload();
    await writeFile(path, JSON.stringify({ [WORK]: { name: 'Work', folder: 'work' } }));
    const change = await changes.next();
    expect([change.added[0]?.jid, change.removed[0]?.jid]).toEqual([WORK, FAMILY]);
    expect(problems.items).toEqual([]);
  });

  it('keeps the groups when the file disappears, and says how to remove them', async () => {
    const registrations = await openRegistrations();
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await rm(path);
    expect((await problems.next())[0]?.message).toContain('write {} into it');
    expect(registrations.get(FAMILY)).toBeDefined();
    await writeFile(path, '{}');
    await changes.next();
    expect((await changes.next()).removed.map((group) => group.jid)).toEqual([FAMILY]);
  });

  it('finds a change that no event told of', async () => {
    const registrations = await openRegistrations({ sweepMs: 10 });
    await rm(join(folder, 'data'), { recursive: true });
    await editRegistrations(
      { path, now: systemNow },
      { type: 'add', group: { jid: FAMILY, name: 'Family', folder: 'family' } },
      signal,
    );
    await changes.next();
    expect(registrations.get(FAMILY)).toBeDefined();
  });
});

describe('edits', () => {
  it('saves with mode 0600, keeps other entries as they were written, and leaves no other file', async () => {
    const registrations = await openRegistrations();
    const handWritten = { [WORK]: { folder: 'work', name: 'Work' } };
    await writeFile(path, JSON.stringify(handWritten));
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    const saved = JSON.parse(await readFile(path, 'utf8'));
    expect(Object.keys(saved[WORK])).toEqual(['folder', 'name']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['registered_groups.json']);
  });

  it('refuses what would break the file and says why', async () => {
    const registrations = await openRegistrations();
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    const before = await readFile(path, 'utf8');
    const attempts = [
      registrations.add({ jid: FAMILY, name: 'Again', folder: 'again' }, signal),
      registrations.add({ jid: WORK, name: 'Work', folder: 'family' }, signal),
      registrations.add({ jid: WORK, name: 'Work', folder: '../x' }, signal),
      registrations.set(WORK, { name: 'Work' }, signal),
      registrations.set(FAMILY, { jid: WORK }, signal),
      registrations.remove(WORK, signal),
    ];
    for (const outcome of await Promise.all(attempts)) expect(outcome.status).toBe('refused');
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('sets and unsets fields, and removes a group', async () => {
    const registrations = await openRegistrations();
    await registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
    await registrations.set(FAMILY, { provider: 'codex', trigger: '@Bot' }, signal);
    expect(registrations.get(FAMILY)).toMatchObject({ provider: 'codex', trigger: '@Bot' });
    await registrations.set(FAMILY, { trigger: undefined }, signal);
    expect(registrations.get(FAMILY)).not.toHaveProperty('trigger');
    await registrations.remove(FAMILY, signal);
    expect(registrations.all()).toEqual([]);
  });

  it('never overwrites a file that does not load', async () => {
    const registrations = await openRegistrations();
    await writeFile(path, '{ broken');
    const outcome = await registrations.add({ jid: FAMILY, name: 'F', folder: 'f' }, signal);
    expect(outcome.status).toBe('refused');
    expect(await readFile(path, 'utf8')).toBe('{ broken');
  });

  it('names a key that a copied entry kept', async () => {
    await openRegistrations();
    const entry = '{"name":"a","folder":"a"}';
    await writeFile(path, `{"${FAMILY}":${entry},"${FAMILY}":${entry}}`);
    expect(await problems.next()).toEqual([{ path: FAMILY, message: 'occurs twice; keep one' }]);
  });

  it('loses no edit when several owners edit at the same time', async () => {
    const owners = await Promise.all([openRegistrations(), openRegistrations()]);
    const jids = Array.from({ length: 20 }, (_, index) => `${1000 + index}@g.us`);
    const outcomes = await Promise.all(
      jids.map((jid, index) =>
        owners[index % 2]!.add({ jid, name: jid, folder: `g${index}` }, signal),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(jids.map(() => 'saved'));
    const saved = await loadRegistrations(path);
    expect(saved.ok && [...saved.groups.keys()].sort()).toEqual(jids);
  });

  it('takes over the lock of a process that died', async () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    const registrations = await openRegistrations();
    await writeFile(`${path}.lock`, `${child.pid} abc`);
    const outcome = await registrations.add({ jid: FAMILY, name: 'F', folder: 'f' }, signal);
    expect(outcome.status).toBe('saved');
    expect(await readdir(join(folder, 'data'))).toEqual(['registered_groups.json']);
  });

  it('removes the unfinished file of a process that was killed', async () => {
    const registrations = await openRegistrations();
    await writeFile(`${path}.0123456789ab.tmp`, '{');
    await registrations.add({ jid: FAMILY, name: 'F', folder: 'f' }, signal);
    expect(await readdir(join(folder, 'data'))).toEqual(['registered_groups.json']);
  });

  it('stops waiting for a lock when asked to', async () => {
    const registrations = await openRegistrations();
    await writeFile(`${path}.lock`, `${process.pid} abc`);
    const abort = new AbortController();
    const edit = registrations.remove(FAMILY, abort.signal);
    abort.abort();
    await expect(edit).rejects.toThrow(/abort/i);
  });

  it('reads back exactly the group it was given, for any group', async () => {
    await openRegistrations();
    const target = { path, now: systemNow };
    const group = fc.record(
      {
        jid: fc.constantFrom(FAMILY, WORK, '4915@s.whatsapp.net', '77@lid'),
        name: fc.string({ minLength: 1, maxLength: 50, unit: 'binary' }),
        folder: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{4,63}$/),
        isMain: fc.boolean(),
        provider: fc.constantFrom('claude' as const, 'codex' as const),
        trigger: fc
          .string({ minLength: 1, maxLength: 100 })
          .filter((text) => /^@?[^\s@]/.test(text)),
        requiresTrigger: fc.boolean(),
        added_at: fc.string(),
        containerConfig: fc.record({ timeout: fc.integer({ min: 1_000, max: 24 * 3_600_000 }) }),
      },
      { requiredKeys: ['jid', 'name', 'folder', 'isMain', 'provider'] },
    );
    await fc.assert(
      fc.asyncProperty(group, async (input) => {
        await rm(path, { force: true });
        const outcome = await editRegistrations(target, { type: 'add', group: input }, signal);
        expect(outcome).toEqual({ status: 'saved', group: input });
        const saved = await loadRegistrations(path);
        expect(saved.ok && saved.groups.get(input.jid)).toEqual(input);
      }),
      { numRuns: 60 },
    );
  });
});
