import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RequestLog } from '../models/request-log.ts';
import { type Account, person } from './account.ts';
import { CodeGrants } from './code-grants.ts';
import { Consents } from './consent.ts';
import { DeviceGrants } from './device-grants.ts';
import { type EndpointParts, endpoints, type Reply } from './endpoints.ts';
import { type Fault, FaultQueue, type FaultyEndpoint, sendFault } from './faults.ts';
import { OAuthError } from './oauth-error.ts';
import { type OAuthRequest, readOAuthRequest } from './oauth-request.ts';
import { sendHtml, sendJson, sendRedirect } from './send.ts';
import { type IssuedTokens, TokenFamilies } from './token-families.ts';
import { createTokenMint } from './token-mint.ts';

export interface OAuthServerOptions {
  /** Address to listen on, 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Unix milliseconds; the system's clock unless told. */
  readonly now?: () => number;
  readonly clientId?: string;
  /** 864000 (ten days) unless told, as the real server. */
  readonly accessTokenLifetimeS?: number;
  /** For ever unless told. */
  readonly refreshTokenLifetimeS?: number;
  /** Seconds between two polls of a device, as text in the answer; 5 unless told. */
  readonly pollIntervalS?: number;
  /** False: signing in by a device's code is answered with 404. */
  readonly isDeviceEnabled?: boolean;
  /** Who signs in. */
  readonly account?: Account;
}

/** The client id of the Codex CLI. */
export const CLIENT_ID = 'app_EMoamEEZ73f0CkXaXp7hrann';

/** An authorization server on loopback that enforces PKCE and the rotation of refresh tokens. */
export class OAuthServer {
  readonly #server: Server;
  readonly #parts: EndpointParts;
  readonly #log = new RequestLog<OAuthRequest>();
  readonly #faults = new FaultQueue();
  /** `http://host:port`. */
  readonly origin: string;

  constructor(server: Server, origin: string, parts: EndpointParts) {
    this.#server = server;
    this.origin = origin;
    this.#parts = parts;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  get port(): number {
    return Number(new URL(this.origin).port);
  }

  /** Every request so far, oldest first. */
  get requests(): readonly OAuthRequest[] {
    return this.#log.requests;
  }

  /** Resolves with the first request that matches, also one that came before the call. */
  waitForRequest(
    matches: (request: OAuthRequest) => boolean,
    signal: AbortSignal,
  ): Promise<OAuthRequest> {
    return this.#log.waitFor(matches, signal);
  }

  get counts(): TokenFamilies['counts'] {
    return this.#parts.families.counts;
  }

  isAccessTokenLive(token: string): boolean {
    return this.#parts.families.isLive(token);
  }

  /** The access tokens given out so far are refused from now on; refreshing brings good ones. */
  expireAccessTokens(): void {
    this.#parts.families.refuseAccessTokens();
  }

  /** Tokens of a sign-in that nobody has seen happen. */
  issueSignIn(account: Account = this.#parts.account): IssuedTokens {
    return this.#parts.families.open(account);
  }

  /** What the person does on the page for devices. False when there is no such code. */
  approveUserCode(userCode: string): boolean {
    return this.#parts.devices.decide(userCode, this.#parts.account);
  }

  denyUserCode(userCode: string): boolean {
    return this.#parts.devices.decide(userCode, 'denied');
  }

  /** One more request to the endpoint goes wrong; several calls add up in their order. */
  failNext(endpoint: FaultyEndpoint, fault: Fault): void {
    this.#faults.add(endpoint, fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = await readOAuthRequest(incoming);
      this.#log.add(request);
      const fault = this.#takeFault(request);
      if (fault === undefined) return send(response, this.#answer(request));
      if (fault === 'lost') this.#answer(request);
      sendFault(response, fault);
    } catch (error) {
      if (error instanceof OAuthError) sendJson(response, error.status, error.body);
      else if (incoming.complete) sendJson(response, 400, { error: String(error) });
      else response.destroy();
    }
  }

  #answer(request: OAuthRequest): Reply {
    const endpoint = endpoints.get(`${request.method} ${request.path}`);
    if (!endpoint) throw new OAuthError(404, { error: { message: 'There is nothing here.' } });
    return endpoint(this.#parts, request);
  }

  #takeFault(request: OAuthRequest): Fault | undefined {
    const endpoint = faultyEndpointOf(request);
    return endpoint && this.#faults.take(endpoint);
  }
}

function faultyEndpointOf({ path, body }: OAuthRequest): FaultyEndpoint | undefined {
  switch (path) {
    case '/oauth/token':
      return body['grant_type'] === 'refresh_token' ? 'refresh' : 'exchange';
    case '/oauth/revoke':
      return 'revoke';
    case '/api/accounts/deviceauth/usercode':
      return 'usercode';
    case '/api/accounts/deviceauth/token':
      return 'device';
    default:
      return undefined;
  }
}

function send(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'json':
      return sendJson(response, 200, reply.body);
    case 'page':
      return sendHtml(response, reply.status, reply.page);
    case 'redirect':
      return sendRedirect(response, reply.location);
    default:
      return reply satisfies never;
  }
}

export async function startOAuthServer(options: OAuthServerOptions = {}): Promise<OAuthServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer();
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://${host}:${port}`;
  return new OAuthServer(server, origin, makeParts(origin, options));
}

function makeParts(origin: string, options: OAuthServerOptions): EndpointParts {
  const now = options.now ?? Date.now;
  const clientId = options.clientId ?? CLIENT_ID;
  const lifetimeS = options.accessTokenLifetimeS ?? 864_000;
  const mint = createTokenMint({ issuer: origin, clientId, now, lifetimeS });
  const refreshLifetimeS = options.refreshTokenLifetimeS ?? Number.POSITIVE_INFINITY;
  const codes = new CodeGrants(now);
  return {
    clientId,
    lifetimeS,
    pollIntervalS: options.pollIntervalS ?? 5,
    isDeviceEnabled: options.isDeviceEnabled ?? true,
    account: options.account ?? person,
    families: new TokenFamilies({ mint, now, refreshLifetimeS }),
    codes,
    devices: new DeviceGrants(codes, `${origin}/deviceauth/callback`, now),
    consents: new Consents(clientId, codes),
  };
}
