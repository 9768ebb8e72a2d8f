import { describe, expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

describe('TokenBucket', () => {
  it('allows a burst, then as many as were refilled, and says how long to wait', () => {
    let now = 0;
    const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, () => now);
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
    now = 100;
    expect(bucket.take()).toBe(150);
    now = 250;
    expect([bucket.take(), bucket.take()]).toEqual([0, 250]);
  });

  it('never holds more than the burst', () => {
    let now = 0;
    const bucket = new TokenBucket({ burst: 2, perSecond: 4 }, () => now);
    now = 3_600_000;
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 250]);
  });

  it('goes on when the clock is set back', () => {
    let now = 1_000_000;
    const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, () => now);
    bucket.take();
    now = 0;
    expect(bucket.take()).toBe(1_000);
    now = 1_000;
    expect(bucket.take()).toBe(0);
  });
});
