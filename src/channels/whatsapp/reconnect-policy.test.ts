import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeClose } from './reconnect-policy.ts';

describe('judgeClose', () => {
  test.each([401, 402, 403, 405, 406, 409, 411, 440, 463])(
    '%i stops and says how to mend it',
    (code) => {
      const verdict = judgeClose(code, 0, () => 0);
      expect(verdict).toMatchObject({ action: 'stop', reason: expect.stringMatching(/\w/) });
      expect(verdict).toMatchObject({ mend: expect.stringMatching(/\.$/) });
    },
  );

  test('a requested restart is followed at once, but not for ever', () => {
    expect(judgeClose(515, 0, () => 0)).toEqual({ action: 'reconnect', delayMs: 0 });
    expect(judgeClose(515, 2, () => 0)).toEqual({ action: 'reconnect', delayMs: 0 });
    expect(judgeClose(515, 3, () => 0)).toEqual({ action: 'reconnect', delayMs: 4_000 });
  });

  test.each([408, 428, 500, 503, 999])('%i is tried again after a wait', (code) => {
    expect(judgeClose(code, 0, () => 0)).toEqual({ action: 'reconnect', delayMs: 500 });
    expect(judgeClose(code, 1, () => 0)).toEqual({ action: 'reconnect', delayMs: 1_000 });
  });

  test('the wait grows, stays in the upper half of its ceiling, and never passes the longest', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const verdict = judgeClose(503, failures, () => random);
          const ceiling = Math.min(60_000, 1_000 * 2 ** failures);
          const delayMs = verdict.action === 'reconnect' ? verdict.delayMs : NaN;
          expect(delayMs).toBeGreaterThanOrEqual(ceiling / 2);
          expect(delayMs).toBeLessThanOrEqual(ceiling);
        },
      ),
    );
  });
});
