import { describe, expect, it } from 'vitest';
import { answer, notice, show } from './doctored.fixture.ts';
import { createTwiceWatch } from './twice-watch.ts';

describe('the watch between kills', () => {
  it('names what is seen again, with the life in which it was', () => {
    const find = createTwiceWatch();
    expect(find([answer('m1', 'T1, T2'), notice('m2', 'id-T3')], 1)).toEqual([]);
    expect(find([answer('m3', 'T2')], 4)).toEqual([{ what: 'T2', life: 4 }]);
    expect(find([notice('m4', 'id-T3')], 5)).toEqual([{ what: 'notice about id-T3', life: 5 }]);
  });

  it('tells the slots of a task from each other, and lets each wait have its notice', () => {
    const find = createTwiceWatch();
    const queue = 'One question of another group is ahead of yours.';
    const slots = ['12:01', '12:02'].map((at) => show(at, `Task S1 of Sat ${at} by run-a-1`));
    expect(find([...slots, show('q1', queue), show('q2', queue)], 1)).toEqual([]);
    expect(find([show('m9', 'Task S1 of Sat 12:02 by run-b-1')], 2)).toHaveLength(1);
  });
});
