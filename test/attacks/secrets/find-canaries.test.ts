import { expect, test } from 'vitest';
import { findCanaries } from './find-canaries.ts';

const SECRET = 'sk-canary+of/this~test';
const CANARIES = { key: SECRET, other: 'never-there' };
const hex = Buffer.from(SECRET).toString('hex');

test.each([
  ['as it is', `a${SECRET}b`],
  ['in hexadecimal digits', `a${hex}b`],
  ['in large hexadecimal digits', hex.toUpperCase()],
  ['percent-encoded', `?key=${encodeURIComponent(SECRET)}`],
  ['in base64 by itself', Buffer.from(SECRET).toString('base64')],
  ['in base64 behind a name', Buffer.from(`user:${SECRET}`).toString('base64')],
  [
    'in base64 behind one character and before others',
    Buffer.from(`a${SECRET}bc`).toString('base64'),
  ],
  ['in base64 behind two characters', Buffer.from(`ab${SECRET}`).toString('base64')],
])('T13: a secret is found %s', (_, text) => {
  expect(findCanaries(Buffer.from(`before ${text} behind`), CANARIES)).toEqual(['key']);
});

test('T13: a secret is found in the memory of a program that keeps UTF-16', () => {
  expect(findCanaries(Buffer.from(SECRET, 'utf16le'), CANARIES)).toEqual(['key']);
});

test('T13: what is not there is not found', () => {
  expect(findCanaries(Buffer.from('sk-canary of this test'), CANARIES)).toEqual([]);
});
