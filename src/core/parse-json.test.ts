import { expect, test } from 'vitest';
import { parseJson } from './parse-json.ts';

test('JSON is read, and what is cut short or something else is undefined', () => {
  expect(parseJson('{"a":[null]}')).toEqual({ a: [null] });
  expect(parseJson('null')).toBeNull();
  for (const text of ['', '{"a":', '<html>', 'undefined']) expect(parseJson(text)).toBeUndefined();
});
