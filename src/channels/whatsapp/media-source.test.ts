import { expect, test } from 'vitest';
import { mediaUrl } from './media-source.ts';

test('a file is fetched from the media host of WhatsApp', () => {
  expect(
    mediaUrl({ directPath: '/v/t62/a?b=c', url: 'https://evil.test/x' }, undefined)?.href,
  ).toBe('https://mmg.whatsapp.net/v/t62/a?b=c');
  expect(mediaUrl({ url: 'https://mmg.whatsapp.net/d/f' }, undefined)?.href).toBe(
    'https://mmg.whatsapp.net/d/f',
  );
});

test.each([
  { url: 'http://169.254.169.254/latest' },
  { url: 'https://mmg.whatsapp.net.evil.test/' },
  { url: 'http://mmg.whatsapp.net/' },
  { url: 'http://127.0.0.1:8080/' },
  { directPath: '//evil.test/x' },
  { directPath: 'https://evil.test/x' },
  { directPath: '\\\\evil.test/x' },
  { directPath: 'file:///etc/passwd' },
])('%j leads nowhere', (source) => {
  expect(mediaUrl(source, undefined)).toBeUndefined();
});

test('only a link to this machine may have files on this machine', () => {
  expect(mediaUrl({ url: 'http://127.0.0.1:8080/v/1' }, '127.0.0.1:1')?.port).toBe('8080');
  expect(mediaUrl({ url: 'http://10.0.0.1/v/1' }, '127.0.0.1:1')).toBeUndefined();
  expect(mediaUrl({ directPath: '/v/1' }, '127.0.0.1:1')?.host).toBe('127.0.0.1:1');
});
