import { describe, expect, it } from 'vitest';
import { show } from './doctored.fixture.ts';
import { judgeParts } from './judge-parts.ts';

const first = show('m1', 'Answer to T1 by run-a-1.\n…\n(1/3)');
const second = show('m2', 'More of run-a-1.\n(2/3)');
const third = show('m3', 'More of run-a-1.\n(3/3)');

describe('the judgement of a long answer', () => {
  it('finds nothing when each part is visible once, and in a short answer', () => {
    expect(judgeParts([first, second, third])).toEqual([]);
    expect(judgeParts([show('m1', 'Answer to T1 by run-a-1.')])).toEqual([]);
  });

  it('finds the part that is missing and the one that came twice', () => {
    const again = { ...third, id: 'm4' };
    expect(judgeParts([first, third, again])).toEqual([
      { runId: 'run-a-1', part: 2, verdict: 'lost' },
      { runId: 'run-a-1', part: 3, verdict: 'duplicated' },
    ]);
  });
});
