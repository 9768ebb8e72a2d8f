import { expect, test } from 'vitest';
import { endToEndHeaders } from './headers.ts';

test('what a client says is for this hop goes no further', () => {
  const headers = { connection: ['close, X-Hop'], 'x-hop': ['1'], te: ['trailers'], accept: ['a'] };
  expect(endToEndHeaders(headers)).toEqual({ accept: ['a'] });
});

test('the length of a body goes with it whatever a client says, or the body would be taken for another request', () => {
  const headers = { connection: ['Content-Length'], 'content-length': ['3'] };
  expect(endToEndHeaders(headers)).toEqual({ 'content-length': ['3'] });
});
