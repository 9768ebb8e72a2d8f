import { expect, test } from 'vitest';
import { readPastedCallback } from './pasted-callback.ts';

const read = (text: string) => readPastedCallback(text, 'right');

test.each([
  'http://localhost:1455/auth/callback?code=ac_1&state=right',
  'localhost:1455/auth/callback?state=right&code=ac_1#top',
  '  "http://localhost:1455/auth/callback?code=ac_1&state=right"\n',
  'http://localhost:1455/auth/callback?code=ac_1',
  '?code=ac_1&state=right',
  'code=ac_1&state=right',
  'state=right&code=ac_1',
  'code=ac_1',
  'ac_1#right',
  'ac_1',
])('%j gives the code', (text) => {
  expect(read(text)).toEqual({ status: 'code', code: 'ac_1' });
});

test.each([
  'http://localhost:1455/auth/callback?code=ac_1&state=wrong',
  'http://localhost:1455/auth/callback?code=ac_1&state=',
  'code=ac_1&state=wrong',
  'ac_1#wrong',
  'ac_1#',
  'http://localhost:1455/auth/callback?error=access_denied&state=wrong',
])('%j is refused because its state is another', (text) => {
  expect(read(text)).toEqual({ status: 'wrong_state' });
});

test.each([
  '',
  '   ',
  'http://localhost:1455/auth/callback',
  'http://localhost:1455/auth/callback?state=right',
  'state=right',
  'code=&state=right',
  '#right',
  'I signed in',
  'x'.repeat(5000),
])('%j holds no code', (text) => {
  expect(read(text)).toEqual({ status: 'no_code' });
});

test('an error is told in its own words', () => {
  const url = 'http://localhost:1455/auth/callback?error=access_denied&error_description=No+thanks';
  expect(read(url)).toEqual({
    status: 'refused',
    error: 'access_denied',
    description: 'No thanks',
  });
});

test('a code is decoded once, as an address has it', () => {
  expect(read('code=a%2Bb%253D&state=right')).toEqual({ status: 'code', code: 'a+b%3D' });
});
