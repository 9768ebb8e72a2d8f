import { expect, test } from 'vitest';
import { parseAuthority, parseHttpTarget } from './destination.ts';

const name = (text: string) => ({ kind: 'name', text });

test('the authority of a CONNECT request is a host and a port', () => {
  expect(parseAuthority('Example.org.:443')).toEqual({ host: name('example.org'), port: 443 });
  expect(parseAuthority('[::1]:80')).toEqual({ host: { kind: 'address', text: '::1' }, port: 80 });
});

test.each([
  '',
  'example.org',
  'example.org:',
  ':443',
  'example.org:0',
  'example.org:65536',
  'example.org:+80',
  'example.org:80:80',
  'a@example.org:443',
  '::1:80',
  'http://example.org:80',
  'example.org:443/',
])('%j is no authority', (text) => {
  expect(parseAuthority(text)).toBeUndefined();
});

test.each([
  ['http://example.org', 80, 'example.org', '/'],
  ['HTTP://EXAMPLE.org:80/a?b', 80, 'example.org', '/a?b'],
  ['http://example.org:8080?b', 8080, 'example.org:8080', '/?b'],
  ['http://example.org/a#b', 80, 'example.org', '/a'],
  ['http://[::1]:81/', 81, '[::1]:81', '/'],
])('%s is asked at its host for its path', (text, port, authority, path) => {
  expect(parseHttpTarget(text)).toMatchObject({ port, authority, path });
});

test.each([
  '/',
  '*',
  'example.org/',
  'https://example.org/',
  'ftp://example.org/',
  'http:///path',
  'http://user:pass@example.org/',
  'http://user@example.org/',
  'http://example.org\\@127.0.0.1/',
  'http://example.org:0/',
  'http://example.org:/',
  'http://example.org/a b',
  'http://example.org/a\r\nX: y',
  'http://example.org/\u00e4',
])('%j is nothing that can be asked for', (text) => {
  expect(parseHttpTarget(text)).toBeUndefined();
});
