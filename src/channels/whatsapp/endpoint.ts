const WHATSAPP_WEB = 'wss://web.whatsapp.com/ws/chat';
const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** The configured server is not one to hand this account to. */
export class UnsafeEndpointError extends Error {
  override readonly name = 'UnsafeEndpointError';
}

/**
 * WhatsApp's own server unless told otherwise. TLS is the only proof of who the server is, because Baileys
 * does not check the certificate inside the Noise handshake: so plain `ws:` is refused beyond loopback.
 */
export function parseEndpoint(url: string = WHATSAPP_WEB): URL {
  const endpoint = new URL(url);
  if (endpoint.protocol === 'wss:') return endpoint;
  if (endpoint.protocol === 'ws:' && LOOPBACK.test(endpoint.hostname)) return endpoint;
  throw new UnsafeEndpointError(`${url} is not allowed: use wss:, or ws: to this machine only`);
}
