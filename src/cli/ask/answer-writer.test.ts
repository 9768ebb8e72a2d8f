import { expect, test } from 'vitest';
import { AnswerWriter } from './answer-writer.ts';

function write(play: (writer: AnswerWriter) => void, isTty = false): string[] {
  const written: string[] = [];
  play(new AnswerWriter({ write: (text) => written.push(text), isTty }));
  return written;
}
const whole = (text: string) => ({ text, isCut: false });

test('pieces are written as they come, and the end adds a newline only', () => {
  const written = write((writer) => {
    writer.push('Hel');
    writer.push('lo.');
    writer.finish(whole('Hello.'));
  });
  expect(written).toEqual(['Hel', 'lo.', '\n']);
});

test('an answer that did not come in pieces is written at the end', () => {
  expect(write((writer) => writer.finish(whole('Hello.\n'))).join('')).toBe('Hello.\n');
});

test('an empty answer writes nothing', () => {
  expect(write((writer) => writer.finish(whole(' ')))).toEqual([]);
});

test('a failure after some text ends its line', () => {
  const written = write((writer) => {
    writer.push('Hel');
    writer.end();
  });
  expect(written.join('')).toBe('Hel\n');
});

test('a character that comes in two halves is written whole', () => {
  const shell = '🐚';
  const written = write((writer) => {
    writer.push(`a${shell.slice(0, 1)}`);
    writer.push(`${shell.slice(1)}b`);
    writer.finish(whole(`a${shell}b`));
  });
  expect(written.every((text) => text.isWellFormed())).toBe(true);
  expect(written.join('')).toBe(`a${shell}b\n`);
});

test('the terminal of a person obeys nothing in the answer; a pipe gets the text as it is', () => {
  const text = 'a\u001b[2Jb\tc\nd';
  expect(write((writer) => writer.finish(whole(text)), true).join('')).toBe('a\\u{1b}[2Jb\tc\nd\n');
  expect(write((writer) => writer.finish(whole(text))).join('')).toBe(`${text}\n`);
});
