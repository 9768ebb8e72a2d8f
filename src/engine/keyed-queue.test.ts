import { expect, test } from 'vitest';
import { KeyedQueue } from './keyed-queue.ts';

/** A queue whose work ends when the test says so. */
function controlled(limit: number) {
  const started: string[] = [];
  const gates = new Map<string, () => void>();
  const queue = new KeyedQueue(limit, (key) => {
    started.push(key);
    return new Promise((resolve) => gates.set(key, resolve));
  });
  const settle = () => new Promise(setImmediate);
  const finish = async (key: string) => {
    await settle();
    gates.get(key)?.();
    await settle();
  };
  return { started, queue, finish, settle };
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
