import { expect, test } from 'vitest';
import { type Check, runCheck } from './check.ts';
import { ok } from './finding.ts';

const never = new AbortController().signal;
const check = (look: Check['look'], limitMs = 60_000): Check => ({ name: 'thing', limitMs, look });

test('a check tells what it found', async () => {
  const found = [ok('thing', 'is there')];
  expect(
    await runCheck(
      check(() => found),
      never,
    ),
  ).toBe(found);
});

test('a check that does not end is given up, and hears of it', async () => {
  let given: AbortSignal | undefined;
  const hanging = check((signal) => {
    given = signal;
    return new Promise(() => undefined);
  }, 5);
  expect(await runCheck(hanging, never)).toMatchObject([
    { id: 'check.late', check: 'thing', status: 'problem' },
  ]);
  expect(given?.aborted).toBe(true);
});

test('a check that fails is a finding with its reason', async () => {
  const broken = check(() => Promise.reject(new Error('no such thing')));
  expect(await runCheck(broken, never)).toMatchObject([
    { id: 'check.failed', check: 'thing', detail: 'could not be looked at: no such thing' },
  ]);
});

test('whoever stops doctor does not wait for a check', async () => {
  const stop = new AbortController();
  const running = runCheck(
    check(() => new Promise(() => undefined)),
    stop.signal,
  );
  stop.abort(new Error('stopped'));
  await expect(running).rejects.toThrow('stopped');
});

test('what is stopped before it begins is not looked at', async () => {
  let hasLooked = false;
  const look = () => {
    hasLooked = true;
    return [];
  };
  await expect(runCheck(check(look), AbortSignal.abort())).rejects.toThrow('aborted');
  expect(hasLooked).toBe(false);
});
