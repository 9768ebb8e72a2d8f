import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIB } from '../core/byte-size.ts';
import { createLogger } from '../logger.ts';
import { DiskWatch } from './disk-watch.ts';

/** How many loops of a watch wait between two looks. */
const LOOPS = 2;

/** Time that goes on only when it is told to, with a disk that is as free as it is told to be. */
async function makeWorld(reserveMb = 0) {
  const data = await mkdtemp(join(tmpdir(), 'deckhand-disk-'));
  const world = { now: 0, freeMb: 1_000 };
  let waiting: (() => void)[] = [];
  let idle = Promise.withResolvers<void>();
  const watch = new DiskWatch({
    data,
    reserveBytes: reserveMb * MIB,
    now: () => world.now,
    freeBytes: async () => world.freeMb * MIB,
    wait: (_delayMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
        waiting.push(resolve);
        if (waiting.length === LOOPS) idle.resolve();
      }),
    logger: createLogger('silent'),
  });
  // Its loops go on for as long as there is a run; this one was first and never grows.
  const keeper = {
    folder: 'keeper',
    writable: [],
    quotaBytes: MIB,
    isIdle: false,
    stop: () => undefined,
  };
  const kept = watch.watch(keeper);
  return {
    world,
    /** Starts a run of a group in which it writes files of so many MiB, or leaves its agent idle. */
    run(folder: string, { quotaMb = 10, isIdle = false } = {}) {
      const stops: string[] = [];
      const group = join(data, folder);
      const watched = watch.watch({
        folder,
        writable: [group],
        quotaBytes: quotaMb * MIB,
        isIdle,
        stop: (reason) => stops.push(reason),
      });
      return { stops, [Symbol.dispose]: () => watched[Symbol.dispose]() };
    },
    async write(folder: string, name: string, mb: number) {
      await mkdir(join(data, folder), { recursive: true });
      await writeFile(join(data, folder, name), Buffer.alloc(mb * MIB));
    },
    /** Folders nested deeper than are looked through. */
    nest: (folder: string) =>
      mkdir(join(data, folder, ...Array<string>(101).fill('d')), { recursive: true }),
    refuse: (folder: string, quotaMb = 10) =>
      watch.refuse({ folder, writable: [join(data, folder)], quotaBytes: quotaMb * MIB }),
    remove: (folder: string, name: string) => rm(join(data, folder, name), { recursive: true }),
    async pass(ms: number) {
      await idle.promise;
      world.now += ms;
      const woken = waiting;
      waiting = [];
      idle = Promise.withResolvers<void>();
      for (const wake of woken) wake();
      await idle.promise;
    },
    async [Symbol.asyncDispose]() {
      kept[Symbol.dispose]();
      await rm(data, { recursive: true, force: true });
    },
  };
}

test('T16: a run that outgrows its quota is stopped once, with a reason for people', async () => {
  await using made = await makeWorld();
  using quiet = made.run('quiet');
  using run = made.run('team');
  await made.pass(0);
  await made.write('team', 'a', 11);
  await made.pass(5_000);
  expect(run.stops).toEqual(["its group's files take more than the 10 MB it may use"]);
  await made.pass(5_000);
  expect(run.stops).toHaveLength(1);
  expect(quiet.stops).toEqual([]);
});

test('T16: a sudden loss of room is looked at before the next walk is due', async () => {
  await using made = await makeWorld();
  using run = made.run('team');
  await made.pass(0);
  await made.write('team', 'a', 11);
  await made.pass(1_000);
  expect(run.stops).toEqual([]);
  made.world.freeMb -= 11;
  await made.pass(1_000);
  expect(run.stops).toHaveLength(1);
});

test('T16: a run of a group over its quota may clean up, and may not grow', async () => {
  await using made = await makeWorld();
  await made.write('team', 'a', 50);
  await made.write('team', 'b', 50);
  using run = made.run('team');
  await made.pass(0);
  await made.remove('team', 'a');
  await made.write('team', 'c', 20);
  await made.pass(5_000);
  expect(run.stops).toEqual([]);
  await made.write('team', 'd', 100);
  await made.pass(5_000);
  expect(run.stops).toHaveLength(1);
});

test('T16: what a group wrote before its first look counts from the run before', async () => {
  await using made = await makeWorld();
  const first = made.run('team');
  await made.pass(0);
  first[Symbol.dispose]();
  await made.write('team', 'a', 50);
  using second = made.run('team');
  await made.pass(0);
  expect(second.stops).toHaveLength(1);
});

test('T16: below the reserve the run that has grown most is stopped, and the next only when that did not help', async () => {
  await using made = await makeWorld(100);
  await made.write('old', 'a', 9);
  using old = made.run('old');
  using small = made.run('small');
  using large = made.run('large');
  await made.pass(0);
  await made.write('small', 'a', 1);
  await made.write('large', 'a', 5);
  made.world.freeMb = 99;
  await made.pass(1_000);
  expect(large.stops).toEqual(["less than 100 MB are free on this machine's disk"]);
  await made.pass(9_000);
  expect([old.stops, small.stops]).toEqual([[], []]);
  await made.pass(1_000);
  expect(small.stops).toHaveLength(1);
  made.world.freeMb = 101;
  await made.pass(60_000);
  expect(old.stops).toEqual([]);
});

test('T16: a run that has ended is not looked at any more', async () => {
  await using made = await makeWorld(100);
  const ended = made.run('team');
  using other = made.run('other');
  await made.pass(0);
  ended[Symbol.dispose]();
  await made.write('team', 'a', 50);
  made.world.freeMb = 50;
  await made.pass(5_000);
  expect(ended.stops).toEqual([]);
  expect(other.stops).toHaveLength(1);
});

test('T16: folders nested too deep stop each run of their group, and make no room for it', async () => {
  await using made = await makeWorld();
  await made.nest('team');
  for (let runs = 0; runs < 3; runs += 1) {
    using run = made.run('team');
    await made.pass(5_000);
    expect(run.stops).toEqual(["its group's folders lie too deep in each other"]);
  }
  expect(await made.refuse('team')).toBe("its group's folders lie too deep in each other");
  await made.remove('team', 'd');
  expect(await made.refuse('team')).toBeUndefined();
});

test('T16: a group that grows run by run beyond its quota is run no more when it has grown by as much again, until there is room', async () => {
  await using made = await makeWorld();
  let runs = 0;
  for (; runs < 10 && (await made.refuse('team')) === undefined; runs += 1) {
    using _run = made.run('team');
    await made.pass(5_000);
    await made.write('team', `${runs}`, 6);
    await made.pass(5_000);
  }
  expect(runs).toBe(4);
  expect(await made.refuse('team')).toBe(
    "its group's files have grown beyond the 10 MB it may use by as much again: a person has to make room",
  );
  for (const name of ['0', '1']) await made.remove('team', name);
  expect(await made.refuse('team')).toBeUndefined();
});

test('T16: a group that was over its quota when the host began may run, and not grow by as much again', async () => {
  await using made = await makeWorld();
  await made.write('team', 'a', 50);
  const first = made.run('team');
  await made.pass(0);
  first[Symbol.dispose]();
  expect(await made.refuse('team')).toBeUndefined();
  using _second = made.run('team');
  await made.write('team', 'b', 11);
  await made.pass(5_000);
  expect(await made.refuse('team')).toContain('by as much again');
  await made.remove('team', 'b');
  expect(await made.refuse('team')).toBeUndefined();
});

test('T16: an agent that has no run is looked through when room is lost, and only then', async () => {
  await using made = await makeWorld();
  const run = made.run('team');
  await made.pass(0);
  run[Symbol.dispose]();
  using idle = made.run('team', { isIdle: true });
  await made.pass(60_000);
  await made.write('team', 'a', 11);
  await made.pass(60_000);
  expect(idle.stops).toEqual([]);
  made.world.freeMb -= 11;
  await made.pass(1_000);
  expect(idle.stops).toHaveLength(1);
});
