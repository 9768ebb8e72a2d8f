import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import type { MediaEndpoint } from './types.ts';

/** Statuses that requests are to fail with. */
export interface MediaFaults {
  readonly downloadStatus: number | undefined;
  readonly uploadStatus: number | undefined;
}

const PATH = '/v/';

/**
 * Encrypted files over HTTPS. POST any path stores the body; GET `/v/…` returns it. `handleRequest`
 * serves the same downloads to a plain HTTP server.
 */
export class MediaServer implements MediaEndpoint {
  readonly certificate: string;
  readonly #server: Server;
  readonly #files = new Map<string, Buffer>();
  readonly #faults: () => MediaFaults;

  constructor(faults: () => MediaFaults) {
    const { key, certificate } = createSelfSignedCertificate();
    this.certificate = certificate;
    this.#faults = faults;
    this.#server = createServer({ key, cert: certificate }, this.handleRequest);
  }

  get host(): string {
    const address = this.#server.address() as AddressInfo | null;
    if (!address) throw new Error('the media server is not listening');
    return `127.0.0.1:${address.port}`;
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** @returns the path it can be fetched under */
  store(file: Buffer): string {
    const path = PATH + randomBytes(12).toString('hex');
    this.#files.set(path, file);
    return path;
  }

  file(path: string): Buffer | undefined {
    return this.#files.get(path);
  }

  readonly handleRequest: RequestListener = (request, response) => {
    const answer = request.method === 'POST' ? this.#upload(request) : this.#download(request);
    answer.then(
      ({ status, body }) => response.writeHead(status).end(body),
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  };

  async #upload(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const file = await buffer(request);
    const { uploadStatus } = this.#faults();
    if (uploadStatus !== undefined) return { status: uploadStatus, body: '{}' };
    const path = this.store(file);
    const body = JSON.stringify({ url: `https://${this.host}${path}`, direct_path: path });
    return { status: 200, body };
  }

  async #download(request: IncomingMessage): Promise<{ status: number; body: Buffer }> {
    const file = this.#files.get(request.url?.split('?')[0] ?? '');
    const { downloadStatus } = this.#faults();
    const status = downloadStatus ?? (file ? 200 : 404);
    return { status, body: status === 200 && file ? file : Buffer.alloc(0) };
  }
}
