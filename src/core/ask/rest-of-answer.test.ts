import fc from 'fast-check';
import { expect, test } from 'vitest';
import { restOfAnswer } from './rest-of-answer.ts';

const whole = (text: string) => ({ text, isCut: false });
const paragraph = fc.string({ minLength: 1 }).filter((text) => text.trim() === text);

test('an answer of which any beginning was streamed, after any other paragraphs, is completed once', () => {
  fc.assert(
    fc.property(fc.array(paragraph), paragraph, fc.nat(), (earlier, answer, cut) => {
      // An earlier paragraph that is how the answer begins is taken for it, and rightly so.
      fc.pre(!earlier.some((text) => answer.startsWith(text)));
      const before = earlier.map((text) => `${text}\n\n`).join('');
      const streamed = before + answer.slice(0, cut % (answer.length + 1));
      expect(streamed + restOfAnswer(streamed, whole(answer))).toBe(before + answer);
    }),
  );
});

test('whatever was streamed, what is written ends with the answer', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (streamed, answer) => {
      const written = streamed + restOfAnswer(streamed, whole(answer));
      expect(written.trimEnd().endsWith(answer.trim())).toBe(true);
      expect(written.startsWith(streamed)).toBe(true);
    }),
  );
});

test('an answer that was streamed with blanks around it is not written again', () => {
  expect(restOfAnswer('\nHello.\n', whole('Hello.'))).toBe('');
  expect(restOfAnswer('Hello.', whole('Hello.\n'))).toBe('');
});

test('an answer that was not streamed comes as a paragraph after what was said before', () => {
  expect(restOfAnswer('I look.', whole('Found.'))).toBe('\n\nFound.');
  expect(restOfAnswer('I look.\n', whole('Found.'))).toBe('\nFound.');
  expect(restOfAnswer('', whole('Found.'))).toBe('Found.');
});

test('an answer without text adds nothing', () => {
  expect(restOfAnswer('I look.', whole('\n'))).toBe('');
});

test('an answer that was streamed whole and cut afterwards is not written again', () => {
  const long = 'word '.repeat(1_000);
  const cut = { text: `${long.slice(0, 4_000)}\n\n[cut: the answer was long]`, isCut: true };
  expect(restOfAnswer(long, cut)).toBe('');
  expect(restOfAnswer('', cut)).toBe(cut.text);
});
