import { expect, test } from 'vitest';
import { Changes, TOPICS } from './changes.ts';

function createWorld() {
  const calls: (() => void)[] = [];
  const changes = new Changes((_delay, call) => {
    calls.push(call);
    return () => void calls.splice(calls.indexOf(call), 1);
  });
  const passTime = () => {
    for (const call of calls.splice(0)) call();
  };
  return { changes, calls, passTime };
}

const topicsOf = (changes: Changes, mark: string) => changes.since(mark).map(({ topic }) => topic);

test('many changes of one topic are told once', () => {
  const { changes, calls, passTime } = createWorld();
  let told = 0;
  changes.listen(() => void (told += 1));
  const before = changes.mark;
  for (let index = 0; index < 1_000; index += 1) changes.note('runs');
  expect(calls).toHaveLength(1);
  expect(topicsOf(changes, before)).toEqual([]);
  passTime();
  expect(told).toBe(1);
  expect(topicsOf(changes, before)).toEqual(['runs']);
  expect(topicsOf(changes, changes.mark)).toEqual([]);
});

test('who was away hears of each topic once, the latest change last', () => {
  const { changes, passTime } = createWorld();
  changes.note('tasks');
  passTime();
  const left = changes.mark;
  for (const topic of ['runs', 'log', 'runs'] as const) {
    changes.note(topic);
    passTime();
  }
  const missed = changes.since(left);
  expect(missed.map(({ topic }) => topic)).toEqual(['log', 'runs']);
  expect(topicsOf(changes, missed[0]?.mark ?? '')).toEqual(['runs']);
});

test.each(['', 'nonsense', 'deadbeef-5', '-1'])(
  'the mark %j of another host misses everything',
  (mark) => {
    const { changes } = createWorld();
    expect(topicsOf(changes, mark).sort()).toEqual([...TOPICS].sort());
  },
);

test('nothing is told after the stop', () => {
  const { changes, calls } = createWorld();
  changes.note('runs');
  changes.stop();
  expect(calls).toEqual([]);
});
