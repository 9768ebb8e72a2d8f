import { expect, test } from 'vitest';
import { Tally } from './tally.ts';

const CHAT = '1@g.us';

const seen = (text: string, quotedId?: string) => ({ fromCompanion: true, text, quotedId });

test('a question is answered by its answer, told by any other words under it, and lost without', () => {
  const tally = new Tally();
  for (const number of [1, 2, 3]) tally.ask(`Q${number}`, number, CHAT);
  tally.read([seen('Answer 1.', 'Q1'), seen('My agent ended.', 'Q2')]);
  expect(tally.figures()).toMatchObject({ asked: 3, answered: 1, told: 1, lost: 1, duplicated: 0 });
  expect(tally.isBusy(CHAT)).toBe(true);
});

test('an answer, a note or the outcome of a task that is there twice is counted', () => {
  const tally = new Tally();
  tally.ask('Q1', 1, CHAT);
  const messages = [seen('Note 1.'), seen('Answer 1.', 'Q1'), seen('Task 1.')];
  tally.read([...messages, ...messages]);
  expect(tally.figures()).toMatchObject({ answered: 1, notes: 1, tasks: 1, duplicated: 3 });
});

test('what the assistant says of its own accord may be said again, and a failure is told once', () => {
  const tally = new Tally();
  tally.ask('Q1', 1, CHAT);
  const ahead = '2 chats are ahead.';
  tally.read([seen(ahead), seen(ahead), seen('My agent ended.', 'Q1'), seen('It did.', 'Q1')]);
  expect(tally.figures()).toMatchObject({
    told: 1,
    duplicates: ['Notice 1.'],
    others: { [ahead]: 2 },
  });
});

test('what was read before is not read again', () => {
  const tally = new Tally();
  const messages = [seen('Note 1.')];
  tally.read(messages);
  tally.read([...messages, seen('Note 2.')]);
  expect(tally.figures()).toMatchObject({ notes: 2, duplicated: 0 });
});
