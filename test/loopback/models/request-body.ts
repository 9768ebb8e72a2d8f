import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

function decompress(bytes: Buffer, encoding: string | undefined): Buffer {
  if (encoding === 'zstd') return zstdDecompressSync(bytes);
  if (encoding === 'gzip') return gunzipSync(bytes);
  return bytes;
}

/** The JSON body, uncompressed; undefined when there is none. Throws on JSON that does not parse. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await buffer(request);
  const text = decompress(bytes, request.headers['content-encoding']).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}
