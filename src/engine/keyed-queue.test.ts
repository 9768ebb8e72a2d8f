import { afterEach, expect, test, vi } from 'vitest';
import { systemAfter } from '../clock.ts';
import { KeyedQueue } from './keyed-queue.ts';

afterEach(() => void vi.useRealTimers());

const BROKEN_DELAY_MS = 30_000;

/** A queue whose work ends when the test says so. */
function controlled(limit: number) {
  const started: string[] = [];
  const gates = new Map<string, () => void>();
  const broken: unknown[] = [];
  let failure: Error | undefined;
  const work = (key: string) => {
    started.push(key);
    if (failure !== undefined) return Promise.reject(failure);
    return new Promise<void>((resolve) => gates.set(key, resolve));
  };
  const queue = new KeyedQueue({
    limit,
    work,
    brokenDelayMs: BROKEN_DELAY_MS,
    after: systemAfter,
    onBroken: (key, error) => void broken.push([key, error]),
  });
  const fail = (error: Error | undefined) => {
    failure = error;
  };
  const settle = () => new Promise(setImmediate);
  const finish = async (key: string) => {
    await settle();
    gates.get(key)?.();
    await settle();
  };
  return { started, broken, queue, finish, settle, fail };
}

test('never more than the limit run, and the longest waiting key is next', async () => {
  const { started, queue, finish, settle } = controlled(2);
  for (const key of ['a', 'b', 'c', 'd']) queue.push(key);
  await settle();
  expect(started).toEqual(['a', 'b']);
  expect(queue.position('d')).toBe(1);
  await finish('b');
  expect(started).toEqual(['a', 'b', 'c']);
  await finish('a');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
});

test('a key never runs twice at once, and asking many times gives one more turn', async () => {
  const { started, queue, finish, settle } = controlled(3);
  queue.push('a');
  queue.push('a');
  queue.push('a');
  await settle();
  expect(started).toEqual(['a']);
  await finish('a');
  expect(started).toEqual(['a', 'a']);
  await finish('a');
  await queue.idle();
  expect(started).toEqual(['a', 'a']);
});

test('a busy key cannot keep the others waiting', async () => {
  const { started, queue, finish } = controlled(1);
  queue.push('busy');
  queue.push('other');
  queue.push('busy');
  await finish('busy');
  expect(started).toEqual(['busy', 'other']);
  await finish('other');
  expect(started).toEqual(['busy', 'other', 'busy']);
});

test('after close nothing new starts and close waits for what runs', async () => {
  const { started, queue, finish } = controlled(1);
  queue.push('a');
  queue.push('b');
  const closed = queue.close();
  queue.push('c');
  await finish('a');
  await closed;
  expect(started).toEqual(['a']);
});

test('work starts only after the caller has finished what it is doing', async () => {
  const { started, queue, settle } = controlled(1);
  queue.push('a');
  expect(started).toEqual([]);
  await settle();
  expect(started).toEqual(['a']);
});

test('work that breaks is told, frees its place and has another turn later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { started, broken, queue, settle, fail } = controlled(1);
  const error = new Error('disk full');
  fail(error);
  queue.push('a');
  await queue.idle();
  expect(broken).toEqual([['a', error]]);
  fail(undefined);
  vi.advanceTimersByTime(BROKEN_DELAY_MS);
  await settle();
  expect(started).toEqual(['a', 'a']);
});

test('a push before its time takes a later one along, and after stop none comes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { started, queue, finish } = controlled(1);
  queue.pushLater('a', 1_000);
  queue.push('a');
  await finish('a');
  vi.advanceTimersByTime(1_000);
  queue.pushLater('b', 1_000);
  queue.stop();
  vi.advanceTimersByTime(1_000);
  await queue.idle();
  expect(started).toEqual(['a']);
});
