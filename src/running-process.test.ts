import { expect, test } from 'vitest';
import { isProcessRunning } from './running-process.ts';

test('this process is running, and none of a number that no system gives', () => {
  expect(isProcessRunning(process.pid)).toBe(true);
  // Linux gives no number above 4194304.
  for (const pid of [4_194_305, 2 ** 31, 99_999_999_999, 1.5, Number.NaN]) {
    expect(isProcessRunning(pid)).toBe(false);
  }
});
