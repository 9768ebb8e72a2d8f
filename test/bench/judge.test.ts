import { expect, test } from 'vitest';
import { CommitTimes } from '../../bench/load/commit-times.ts';
import { ShownAnswers } from '../../bench/load/judge.ts';

test('an answer under two message ids is a duplicate, a resend under its own id is none', () => {
  const shown = new ShownAnswers();
  shown.add('Answer of run 1', 'A');
  shown.add('Answer of run 1', 'A');
  shown.add('2 chats are ahead.', 'B');
  expect([shown.size, shown.duplicated]).toEqual([1, 0]);
  shown.add('Answer of run 1', 'C');
  expect([shown.size, shown.duplicated]).toEqual([1, 1]);
});

test('the time of a message within a transaction ends after what the channel does behind it', async () => {
  const times = new CommitTimes();
  const store = times.ofTransaction(() => undefined);
  store('message');
  const beforeCommit = times.values.length;
  await Promise.resolve();
  expect([beforeCommit, times.values.length]).toEqual([0, 1]);
});
