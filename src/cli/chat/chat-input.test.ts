import { getEventListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChatInput } from './chat-input.ts';

const { signal } = new AbortController();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(isStdinTty: boolean) {
  const stdin = new PassThrough();
  const shown = { text: '' };
  const onInterrupt = vi.fn();
  const stderr = (text: string) => void (shown.text += text);
  const input = new ChatInput({ stdin, isStdinTty, stderr }, onInterrupt);
  const type = async (text: string) => {
    stdin.write(text);
    await nextTurn();
  };
  return { stdin, shown, input, type, onInterrupt };
}

/** What a promise has come to without any more time passing. */
async function peek<T>(promise: Promise<T>): Promise<T | 'waits'> {
  return Promise.race([promise, nextTurn('waits' as const)]);
}
const passTime = () => vi.advanceTimersByTime(60_000);

test('lines that are pasted wait for the rest of the last one', async () => {
  const { input, type } = open(true);
  using _input = input;
  const next = input.next(signal);
  await type('first\rsecond\rthe rest');
  passTime();
  expect(await peek(next)).toBe('waits');
  await type(' of it\r');
  passTime();
  expect(await peek(next)).toBe('first\nsecond\nthe rest of it');
});

test('lines that are typed one after the other are texts of their own', async () => {
  const { input, type } = open(true);
  using _input = input;
  await type('one\r');
  passTime();
  await type('two\r');
  passTime();
  expect(await input.next(signal)).toBe('one');
  expect(await input.next(signal)).toBe('two');
});

test('what is typed while nobody waits for it is shown afterwards', async () => {
  const { input, type, shown } = open(true);
  using _input = input;
  await type('early');
  expect(shown.text).toBe('');
  void input.next(signal);
  expect(shown.text).toContain('> early');
});

test('the line before comes back with an arrow', async () => {
  const { input, type } = open(true);
  using _input = input;
  await type('again\r');
  passTime();
  expect(await input.next(signal)).toBe('again');
  await type('\u001b[A\r');
  passTime();
  expect(await input.next(signal)).toBe('again');
});

test('Ctrl-C is told, and Ctrl-D ends the input', async () => {
  const { input, type, onInterrupt } = open(true);
  using _input = input;
  await type('\u0003');
  expect(onInterrupt).toHaveBeenCalledOnce();
  await type('\u0004');
  expect(await input.next(signal)).toBeUndefined();
});

test('a pipe brings a text a line, the last one without an end too, and is not echoed', async () => {
  const { input, stdin, shown } = open(false);
  using _input = input;
  stdin.end('one\r\n\ntwo');
  const texts = [];
  for (let text = await input.next(signal); text !== undefined; text = await input.next(signal)) {
    texts.push(text);
  }
  expect(texts).toEqual(['one', '', 'two']);
  expect(shown.text).toBe('');
});

test('who waits is let go when the signal aborts', async () => {
  const { input } = open(true);
  using _input = input;
  const stop = new AbortController();
  const next = input.next(stop.signal);
  stop.abort();
  await expect(next).rejects.toThrow('aborted');
});

test('a long chat leaves nothing behind at the signal', async () => {
  const { input, stdin } = open(false);
  using _input = input;
  const stop = new AbortController();
  for (let count = 0; count < 20; count += 1) {
    const next = input.next(stop.signal);
    stdin.write('hello\n');
    await next;
  }
  expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
});
