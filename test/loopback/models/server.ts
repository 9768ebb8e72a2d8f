import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { sendAnthropicAnswer } from './anthropic-answer.ts';
import { readAnthropicRequest } from './anthropic-request.ts';
import { echo } from './echo.ts';
import type { ModelRequest, RecordedRequest } from './model-request.ts';
import type { ModelAnswer, ModelScript } from './model-script.ts';
import { sendOpenaiAnswer } from './openai-answer.ts';
import { readOpenaiRequest } from './openai-request.ts';
import { readBody } from './request-body.ts';
import { RequestLog } from './request-log.ts';
import { ScriptPlayer } from './script-player.ts';
import { sendJson } from './sse.ts';

export interface ModelServerOptions {
  /** Address to listen on, 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly script?: ModelScript;
}

type SendAnswer = (response: ServerResponse, request: ModelRequest, answer: ModelAnswer) => void;

/** What the CLIs ask besides the model; the answers are the shortest that make them go on. */
const SIDE_ANSWERS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['GET /v1/models', { object: 'list', data: [], models: [] }],
  ['GET /backend-api/codex/models', { models: [] }],
  [
    'GET /backend-api/wham/accounts/check',
    {
      accounts: [
        {
          id: 'acct',
          workspace_backend_origin: 'NO_CONSTRAINT',
          account_routing_override: 'NO_CONSTRAINT',
        },
      ],
    },
  ],
  ['POST /v1/messages/count_tokens', { input_tokens: 100 }],
]);

/**
 * OpenAI Responses and Anthropic Messages on one loopback port, answered by a script. Without a script
 * every model repeats what it was told.
 */
export class ModelServer {
  readonly #server: Server;
  readonly #origin: string;
  readonly #log = new RequestLog();
  readonly #closing = new AbortController();
  #script: ModelScript;
  #player: ScriptPlayer;

  constructor(server: Server, origin: string, script: ModelScript) {
    this.#server = server;
    this.#origin = origin;
    this.#script = script;
    this.#player = new ScriptPlayer(script);
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('upgrade', refuseUpgrade);
  }

  get port(): number {
    return Number(new URL(this.#origin).port);
  }

  /** For API keys: `http://host:port/v1`. */
  get openaiBaseUrl(): string {
    return `${this.#origin}/v1`;
  }

  /** For ChatGPT sign-ins: `http://host:port/backend-api/codex`. */
  get chatgptBaseUrl(): string {
    return `${this.#origin}/backend-api/codex`;
  }

  /** `http://host:port`. */
  get anthropicBaseUrl(): string {
    return this.#origin;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  get script(): ModelScript {
    return this.#script;
  }

  /** Takes effect with the next request; counters of `times` start anew. */
  set script(script: ModelScript) {
    this.#script = script;
    this.#player = new ScriptPlayer(script);
  }

  /** Resolves with the first request that matches, also one that came before the call. */
  waitForRequest(
    matches: (request: RecordedRequest) => boolean,
    signal: AbortSignal,
  ): Promise<RecordedRequest> {
    return this.#log.waitFor(matches, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the model server closes'));
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.#origin).pathname;
    const gone = new AbortController();
    response.on('close', () => gone.abort(new Error('the client went away')));
    try {
      const recorded = await record(request, path);
      this.#log.add(recorded);
      await this.#reply(recorded, response, AbortSignal.any([gone.signal, this.#closing.signal]));
    } catch (error) {
      if (gone.signal.aborted || this.#closing.signal.aborted) response.destroy();
      else sendJson(response, 400, { error: { message: String(error), type: 'mock_error' } });
    }
  }

  async #reply(
    recorded: RecordedRequest,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const { method, path, model } = recorded;
    if (!model) {
      const side = SIDE_ANSWERS.get(`${method} ${path}`);
      return sendJson(response, side ? 200 : 404, side ?? { error: { message: 'not found' } });
    }
    const answer = await this.#player.answer(model, signal);
    const send: SendAnswer = model.api === 'openai' ? sendOpenaiAnswer : sendAnthropicAnswer;
    send(response, model, answer);
  }
}

async function record(request: IncomingMessage, path: string): Promise<RecordedRequest> {
  const { method = 'GET', headers } = request;
  const body = await readBody(request);
  const plain = { method, path, headers, body };
  if (method !== 'POST') return plain;
  if (path === '/v1/responses' || path === '/backend-api/codex/responses')
    return { ...plain, model: readOpenaiRequest(body, headers) };
  if (path === '/v1/messages') return { ...plain, model: readAnthropicRequest(body, headers) };
  return plain;
}

/** 426 makes the Codex CLI use plain HTTPS at once; any other refusal costs it 6 s of retries. */
function refuseUpgrade(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
}

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer();
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new ModelServer(server, `http://${host}:${port}`, options.script ?? echo);
}
