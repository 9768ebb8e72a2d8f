import { expect, test } from 'vitest';
import { DateOrderVote, wallTimeOf } from './date-order.ts';
import { readHeader } from './export-header.ts';

function headerOf(date: string) {
  const header = readHeader(`${date}, 10:00 - Ana: hi`);
  if (header === undefined) throw new Error(`${date} is no date`);
  return header;
}

function vote(...dates: string[]) {
  const found = new DateOrderVote();
  for (const date of dates) found.add(headerOf(date));
  return found.verdict();
}

test.each([
  ['a day above 12 in front', ['01/02/24', '13/02/24'], 'dmy'],
  ['a day above 12 in the middle', ['01/02/24', '02/13/24'], 'mdy'],
  ['time that goes forward as days', ['11/01/24', '12/01/24', '01/02/24'], 'dmy'],
  ['time that goes forward as months', ['01/11/24', '01/12/24', '02/01/24'], 'mdy'],
  ['the year in front', ['2024/02/01', '2024/03/01'], 'ymd'],
  ['dots', ['01.02.24', '02.03.24'], 'dmy'],
  ['days that equal their months', ['01/01/24', '02/02/24'], 'dmy'],
  ['one line that only looks like a date', ['13/02/24', '02/14/24', '15/02/24'], 'dmy'],
] as const)('%s tells the order', (_title, dates, order) => {
  expect(vote(...dates)).toEqual({ status: 'found', order });
});

test('dates that can be read both ways are not guessed', () => {
  expect(vote('01/02/24', '02/02/24', '03/02/24')).toEqual({ status: 'ambiguous' });
});

test.each([[[]], [['99/99/99']]])('%j tells nothing', (dates) => {
  expect(vote(...dates)).toEqual({ status: 'none' });
});

test.each([
  ['31/02/24', 'dmy'],
  ['00/01/24', 'dmy'],
  ['01/13/24', 'dmy'],
  ['01/01/1999', 'dmy'],
] as const)('%s as %s does not exist', (date, order) => {
  expect(wallTimeOf(headerOf(date), order)).toBeUndefined();
});

test('a time that no clock shows does not exist', () => {
  const header = readHeader('01/01/24, 25:00 - Ana: hi');
  expect(header && wallTimeOf(header, 'dmy')).toBeUndefined();
});
