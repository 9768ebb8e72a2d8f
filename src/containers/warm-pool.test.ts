import { expect, test } from 'vitest';
import { createLogger } from '../logger.ts';
import type { AgentExit } from './agent-runtime.ts';
import { EventFeed } from './event-feed.ts';
import { type Agent, WarmPool } from './warm-pool.ts';

const logger = createLogger('silent');
const endless = new AbortController().signal;

/** A process that does nothing but start, stop once `mayStop` resolves, and say why. */
function makeAgents(mayStop: Promise<void> = Promise.resolve()) {
  const stops: string[] = [];
  let count = 0;
  const create = (fingerprint: string) => async (): Promise<Agent> => {
    count += 1;
    const id = `agent-${count}`;
    const exit = Promise.withResolvers<AgentExit>();
    const end = () => exit.resolve({ exitCode: 0, isOutOfMemory: false, isLost: false });
    const process = {
      id,
      send: () => undefined,
      exited: exit.promise,
      stop: async (reason: string) => {
        stops.push(`${id} ${reason}`);
        await mayStop;
        end();
      },
      detach: async () => undefined,
    };
    return { process, feed: new EventFeed(logger), fingerprint };
  };
  return { stops, create };
}

function makePool(maxAgents: number, idleTimeoutMs = 60_000) {
  return new WarmPool({ maxAgents, idleTimeoutMs, logger });
}

test('the longest idle process gives way, not the one used last', async () => {
  const { stops, create } = makeAgents();
  await using pool = makePool(2);
  for (const folder of ['a', 'b', 'a']) {
    await pool.acquire(folder, 'f', create('f'), endless);
    pool.giveBack(folder, true);
  }
  await pool.acquire('c', 'f', create('f'), endless);
  expect(stops).toEqual(['agent-2 gives way']);
  pool.giveBack('c', true);
});

test('as many idle processes give way at once as there are waiters, and no more', async () => {
  const mayStop = Promise.withResolvers<void>();
  const { stops, create } = makeAgents(mayStop.promise);
  await using pool = makePool(3);
  for (const folder of ['a', 'b', 'c']) {
    await pool.acquire(folder, 'f', create('f'), endless);
    pool.giveBack(folder, true);
  }
  const waiting = ['d', 'e'].map((folder) => pool.acquire(folder, 'f', create('f'), endless));
  expect(stops).toEqual(['agent-1 gives way', 'agent-2 gives way']);
  mayStop.resolve();
  await Promise.all(waiting);
  expect(stops).toHaveLength(2);
  for (const folder of ['d', 'e']) pool.giveBack(folder, true);
});

test('a busy process never gives way, and the waiter can be aborted', async () => {
  const { stops, create } = makeAgents();
  await using pool = makePool(1);
  await pool.acquire('a', 'f', create('f'), endless);
  const abort = new AbortController();
  const waiting = pool.acquire('b', 'f', create('f'), abort.signal);
  abort.abort(new Error('given up'));
  await expect(waiting).rejects.toThrow('given up');
  expect(stops).toEqual([]);
  pool.giveBack('a', true);
});

test('two waiters get their turns one after the other within the limit', async () => {
  const { create } = makeAgents();
  await using pool = makePool(1);
  await pool.acquire('a', 'f', create('f'), endless);
  const served: string[] = [];
  const waiters = ['b', 'c'].map(async (folder) => {
    await pool.acquire(folder, 'f', create('f'), endless);
    expect(pool.size).toBe(1);
    served.push(folder);
    pool.giveBack(folder, true);
  });
  pool.giveBack('a', true);
  await Promise.all(waiters);
  expect(served.sort()).toEqual(['b', 'c']);
});

test('a failed start frees its place', async () => {
  const { create } = makeAgents();
  await using pool = makePool(1);
  const broken = () => Promise.reject(new Error('no image'));
  await expect(pool.acquire('a', 'f', broken, endless)).rejects.toThrow('no image');
  await pool.acquire('b', 'f', create('f'), endless);
  expect(pool.size).toBe(1);
  pool.giveBack('b', true);
});

test('a process that is not fit for another run is stopped', async () => {
  const { stops, create } = makeAgents();
  await using pool = makePool(1);
  await pool.acquire('a', 'f', create('f'), endless);
  pool.giveBack('a', false);
  await pool.acquire('a', 'f', create('f'), endless);
  expect(stops).toEqual(['agent-1 not reusable']);
  pool.giveBack('a', true);
});

test('a group released during its run gets another process for the next one', async () => {
  const { stops, create } = makeAgents();
  await using pool = makePool(1);
  await pool.acquire('a', 'f', create('f'), endless);
  await pool.release('a');
  expect(stops).toEqual([]);
  pool.giveBack('a', true);
  const next = await pool.acquire('a', 'f', create('f'), endless);
  expect(next.process.id).toBe('agent-2');
  pool.giveBack('a', true);
});

test('a process that died while idle is not handed out again', async () => {
  const { create } = makeAgents();
  await using pool = makePool(1);
  const first = await pool.acquire('a', 'f', create('f'), endless);
  pool.giveBack('a', true);
  await first.process.stop('killed from outside');
  const next = await pool.acquire('a', 'f', create('f'), endless);
  expect(next.process.id).toBe('agent-2');
  pool.giveBack('a', true);
});

test('disposing stops what is idle', async () => {
  const { stops, create } = makeAgents();
  const pool = makePool(2);
  await pool.acquire('a', 'f', create('f'), endless);
  pool.giveBack('a', true);
  await pool[Symbol.asyncDispose]();
  expect(stops).toEqual(['agent-1 host stops']);
  expect(pool.size).toBe(0);
});

test('T16: an idle process is watched until its next run begins, and stopped when it fills the disk all the same', async () => {
  const { stops, create } = makeAgents();
  const watches = new Map<string, (reason: string) => void>();
  const disk = {
    watchIdle(folder: string, stop: (reason: string) => void): Disposable {
      watches.set(folder, stop);
      return { [Symbol.dispose]: () => void watches.delete(folder) };
    },
  };
  await using pool = new WarmPool({ maxAgents: 2, idleTimeoutMs: 60_000, disk, logger });
  const agent = await pool.acquire('a', 'f', create('f'), endless);
  expect([...watches.keys()]).toEqual([]);
  pool.giveBack('a', true);
  expect([...watches.keys()]).toEqual(['a']);
  await pool.acquire('a', 'f', create('f'), endless);
  expect([...watches.keys()]).toEqual([]);
  pool.giveBack('a', true);
  watches.get('a')?.('it takes too much');
  await agent.process.exited;
  expect(stops).toEqual(['agent-1 it takes too much']);
  expect([...watches.keys()]).toEqual([]);
});

test('T16: an idle process that floods its output is stopped', async () => {
  const { stops, create } = makeAgents();
  await using pool = makePool(2);
  const { feed, process } = await pool.acquire('a', 'f', create('f'), endless);
  pool.giveBack('a', true);
  const half = Buffer.alloc(600_000, 'x');
  feed.pushStdout(half);
  await pool.acquire('a', 'f', create('f'), endless);
  feed.pushStdout(half);
  pool.giveBack('a', true);
  feed.pushStderr(half);
  expect(stops).toEqual([]);
  feed.pushStdout(half);
  await process.exited;
  expect(stops).toEqual(['agent-1 writes without a run']);
});
