import { once } from 'node:events';
import { request as ask } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createSelfSignedCertificate } from '../../../test/loopback/whatsapp/self-signed-certificate.ts';

/** Offers a server of loopback over https, which the Codex CLI wants of the ChatGPT backend. */
export class TlsFront implements AsyncDisposable {
  /** PEM, for CODEX_CA_CERTIFICATE. */
  readonly certificate: string;
  readonly #server: Server;

  private constructor(server: Server, certificate: string) {
    this.#server = server;
    this.certificate = certificate;
  }

  /** `origin` is `http://host:port`. */
  static async start(origin: string): Promise<TlsFront> {
    const { key, certificate } = createSelfSignedCertificate({ isAuthority: false });
    const server = createServer({ key, cert: certificate }, (request, response) => {
      const { method, headers, url = '/' } = request;
      const inner = ask(new URL(url, origin), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        pipeline(answer, response).catch(() => response.destroy());
      });
      pipeline(request, inner).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsFront(server, certificate);
  }

  /** `https://127.0.0.1:port` */
  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `https://127.0.0.1:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
