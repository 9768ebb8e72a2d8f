import { expect, test } from 'vitest';
import { detachUploadTimers } from './stray-timers.ts';

test('timers of an upload stop holding the process, other timers go on', () => {
  const timers: NodeJS.Timeout[] = [];
  const make = (ms: number) => timers.push(setTimeout(() => {}, ms));
  make(30_000);
  {
    using _ = detachUploadTimers();
    make(30_000);
    make(60_000);
  }
  make(30_000);
  expect(timers.map((timer) => timer.hasRef())).toEqual([true, false, true, true]);
  for (const timer of timers) clearTimeout(timer);
});
