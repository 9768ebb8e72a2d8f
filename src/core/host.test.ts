import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatHost, parseHost } from './host.ts';

test.each([
  ['example.org', 'example.org'],
  ['EXAMPLE.Org', 'example.org'],
  ['example.org.', 'example.org'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
  ['ｅｘａｍｐｌｅ。ｏｒｇ', 'example.org'],
  ['_dmarc.example.org', '_dmarc.example.org'],
  ['localhost', 'localhost'],
])('%s is the name %s', (text, name) => {
  expect(parseHost(text)).toEqual({ kind: 'name', text: name });
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['017700000001', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['①②⑦.0.0.1', '127.0.0.1'],
  ['[::1]', '::1'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  ['[::ffff:127.0.0.1]', '::ffff:7f00:1'],
  ['[2606:4700::1111]', '2606:4700::1111'],
])('%s is the address %s', (text, address) => {
  expect(parseHost(text)).toEqual({ kind: 'address', text: address });
});

test.each([
  '',
  '.',
  '..',
  'a..b',
  '.example.org',
  'example.org..',
  '127.0.0.1..',
  '1.2.3.4.5',
  '256.1.1.1',
  '0x100000000',
  '::1',
  '[::1',
  '[::1%eth0]',
  '[fe80::1%25eth0]',
  '[]',
  'user@example.org',
  'example.org:80',
  'example.org/path',
  'example.org?x',
  'example.org#x',
  'exam\\ple.org',
  'exa mple.org',
  'exam\nple.org',
  'exam\u0000ple.org',
  'exam\u202eple.org',
  'example%2eorg',
  '127%2e0.0.1',
  '*.example.org',
  '-a.example.org',
  'a-.example.org',
  `${'a'.repeat(64)}.example.org`,
  Array.from({ length: 64 }, () => 'aaa').join('.'),
])('%j is neither a name nor an address', (text) => {
  expect(parseHost(text)).toBeUndefined();
});

test('a name may have 253 characters', () => {
  const name = Array.from({ length: 63 }, () => 'aaa').join('.');
  expect(parseHost(`${name}.a.`)).toEqual({ kind: 'name', text: `${name}.a` });
  expect(parseHost(`${name}.aa`)).toEqual(undefined);
});

test('what was read is read the same again, whatever was written', () => {
  const anyHost = fc.oneof(
    fc.string(),
    fc.domain(),
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((ip) => `[${ip}]`),
  );
  fc.assert(
    fc.property(anyHost, (text) => {
      const host = parseHost(text);
      if (host !== undefined) expect(parseHost(formatHost(host))).toEqual(host);
    }),
    { numRuns: 1_000 },
  );
});
