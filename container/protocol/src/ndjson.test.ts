import { expect, test } from 'vitest';
import { decodeLine, encodeLine, LineSplitter } from './ndjson.ts';

function collect(maxChars?: number) {
  const lines: string[] = [];
  const oversize: number[] = [];
  const splitter = new LineSplitter(
    (line) => lines.push(line),
    (chars) => oversize.push(chars),
    maxChars,
  );
  return { lines, oversize, splitter };
}

test('a line is ASCII whatever it says, and says the same', () => {
  const value = { text: 'schön 👩‍👧 文\u2028\u0000\uffff', half: '\ud800' };
  const line = encodeLine(value);
  expect(line).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(line)).toEqual(value);
});

test('a line cut anywhere, even inside a character, arrives whole', () => {
  const plain = JSON.stringify({ text: 'schön 👩‍👧 \n zwei' });
  const bytes = Buffer.from(`${plain}\n${encodeLine({ n: 2 })}`);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const { lines, splitter } = collect();
    splitter.push(bytes.subarray(0, cut));
    splitter.push(bytes.subarray(cut));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { text: 'schön 👩‍👧 \n zwei' },
      { n: 2 },
    ]);
  }
});

test('a line over the limit is reported once and the next line still arrives', () => {
  const { lines, oversize, splitter } = collect(10);
  splitter.push(Buffer.from('x'.repeat(8)));
  splitter.push(Buffer.from('x'.repeat(8)));
  splitter.push(Buffer.from('x'.repeat(8)));
  splitter.push(Buffer.from('\n{"a":1}\n'));
  expect(oversize).toHaveLength(1);
  expect(lines).toEqual(['{"a":1}']);
});

test('a last line without newline is handed on at the end', () => {
  const { lines, splitter } = collect();
  splitter.push(Buffer.from('{"a":1}\n{"b":2}'));
  splitter.end();
  expect(lines).toEqual(['{"a":1}', '{"b":2}']);
});

test('a line that is no JSON is told with the reason', () => {
  expect(decodeLine('{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
  expect(decodeLine('{"a":')).toEqual({ ok: false, reason: expect.stringContaining('JSON') });
});

test('a long line that comes whole is left out too, and an end within one hands on nothing', () => {
  const { lines, oversize, splitter } = collect(10);
  splitter.push(Buffer.from(`${'x'.repeat(20)}\n\n{"a":1}\n${'y'.repeat(20)}`));
  splitter.end();
  expect(oversize).toEqual([20, 20]);
  expect(lines).toEqual(['{"a":1}']);
});
