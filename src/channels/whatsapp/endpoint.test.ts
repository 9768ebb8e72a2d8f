import { describe, expect, test } from 'vitest';
import { parseEndpoint, UnsafeEndpointError } from './endpoint.ts';

describe('parseEndpoint', () => {
  test.each([
    'wss://web.whatsapp.com/ws/chat',
    'ws://127.0.0.1:8080/ws/chat',
    'ws://[::1]:8080/ws/chat',
    'ws://localhost:1/ws/chat',
  ])('%s is allowed', (url) => {
    expect(parseEndpoint(url).href).toBe(url);
  });

  test.each([
    'ws://web.whatsapp.com/',
    'ws://127.0.0.1.evil.org/',
    'http://127.0.0.1/',
    'ws://10.0.0.1/',
  ])('%s is refused', (url) => {
    expect(() => parseEndpoint(url)).toThrow(UnsafeEndpointError);
  });

  test('is WhatsApp itself unless told otherwise', () => {
    expect(parseEndpoint().host).toBe('web.whatsapp.com');
  });
});
