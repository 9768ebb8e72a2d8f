import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { createKeyedMutex } from './keyed-mutex.ts';

it('runs work under a shared key one after the other, in order', async () => {
  const { runExclusive } = createKeyedMutex();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = runExclusive(['a', 'b'], async () => {
    await gate.promise;
    events.push('a+b');
  });
  const second = runExclusive(['b', 'a'], async () => void events.push('b+a'));
  const third = runExclusive(['b'], async () => void events.push('b'));
  await runExclusive(['c'], async () => void events.push('c'));
  gate.resolve();
  await Promise.all([first, second, third]);
  expect(events).toEqual(['c', 'a+b', 'b+a', 'b']);
});

it('goes on after work that failed', async () => {
  const { runExclusive } = createKeyedMutex();
  const failing = runExclusive(['a'], () => Promise.reject(new Error('failed')));
  const next = runExclusive(['a'], async () => 'next');
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe('next');
});

it('runs work in the async context of its caller, not of whoever let the key go', async () => {
  const { runExclusive } = createKeyedMutex();
  const context = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const run = (name: string) =>
    context.run(name, () => runExclusive(['a'], async () => void seen.push(context.getStore())));
  await Promise.all(['one', 'two', 'three'].map(run));
  expect(seen).toEqual(['one', 'two', 'three']);
});
