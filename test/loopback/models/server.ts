import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AnswerSink, httpSink } from './answer-sink.ts';
import { sendAnthropicAnswer } from './anthropic-answer.ts';
import { readAnthropicRequest } from './anthropic-request.ts';
import {
  CHATGPT_RESPONSES_PATH,
  EXPIRED_TOKEN,
  type Refusal,
  refuseForChatgpt,
} from './chatgpt-rules.ts';
import { echo } from './echo.ts';
import type { RecordedRequest } from './model-request.ts';
import type { ModelScript } from './model-script.ts';
import { sendOpenaiAnswer } from './openai-answer.ts';
import { readOpenaiRequest } from './openai-request.ts';
import { readBody } from './request-body.ts';
import { RequestLog } from './request-log.ts';
import { ScriptPlayer } from './script-player.ts';
import { SIDE_ANSWERS } from './side-answers.ts';
import { sendJson } from './sse.ts';
import { WebSocketDoor, type WebSocketMode } from './web-socket-door.ts';

export interface ModelServerOptions {
  /** Address to listen on, 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly script?: ModelScript;
}

/**
 * OpenAI Responses and Anthropic Messages on one loopback port, answered by a script. Without a script
 * every model repeats what it was told.
 */
export class ModelServer {
  readonly #server: Server;
  readonly #origin: string;
  readonly #log = new RequestLog();
  readonly #closing = new AbortController();
  readonly #door: WebSocketDoor;
  #script: ModelScript;
  #player: ScriptPlayer;
  /** Says whether a bearer token of the Responses API is good; another one gets 401. Absent: all are. */
  isTokenLive: ((token: string) => boolean) | undefined;

  constructor(server: Server, origin: string, script: ModelScript) {
    this.#server = server;
    this.#origin = origin;
    this.#script = script;
    this.#player = new ScriptPlayer(script);
    this.#door = new WebSocketDoor(async ({ url, headers }, body, sink, signal) => {
      const path = this.#pathOf(url);
      await this.#answer({ method: 'WEBSOCKET', path, headers, body }, sink, signal);
    });
    server.on('request', (request, response) => void this.#serve(request, response));
    server.on('upgrade', (request, socket, head) => this.#door.enter(request, socket, head));
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

  /** What becomes of a WebSocket to the Responses API; it is refused unless told. */
  set webSocket(mode: WebSocketMode) {
    this.#door.mode = mode;
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
    this.#door.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #pathOf(url: string | undefined): string {
    return new URL(url ?? '/', this.#origin).pathname;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort(new Error('the client went away')));
    try {
      const { method = 'GET', headers } = request;
      const path = this.#pathOf(request.url);
      const body = await readBody(request);
      await this.#reply({ method, path, headers, body }, response, gone.signal);
    } catch (error) {
      if (gone.signal.aborted || this.#closing.signal.aborted) response.destroy();
      else sendJson(response, 400, { error: { message: String(error), type: 'mock_error' } });
    }
  }

  async #reply(plain: RecordedRequest, response: ServerResponse, gone: AbortSignal): Promise<void> {
    const { method, path, headers, body } = plain;
    if (method === 'POST' && isResponsesPath(path))
      return await this.#answer(plain, httpSink(response), gone);
    if (method === 'POST' && path === '/v1/messages') {
      const model = readAnthropicRequest(body, headers);
      this.#log.add({ ...plain, model });
      const signal = AbortSignal.any([gone, this.#closing.signal]);
      const answer = await this.#player.answer(model, signal);
      return await sendAnthropicAnswer(response, model, answer, signal);
    }
    this.#log.add(plain);
    const side = SIDE_ANSWERS.get(`${method} ${path}`);
    sendJson(response, side ? 200 : 404, side ?? { error: { message: 'not found' } });
  }

  /** Answers a request of the Responses API, whatever it came by. */
  async #answer(plain: RecordedRequest, sink: AnswerSink, gone: AbortSignal): Promise<void> {
    const refusal = this.#refuse(plain);
    if (refusal) {
      this.#log.add(plain);
      return sink.fail(refusal.status, refusal.body);
    }
    const model = readOpenaiRequest(plain.body, plain.headers);
    this.#log.add({ ...plain, model });
    const signal = AbortSignal.any([gone, this.#closing.signal]);
    const answer = await this.#player.answer(model, signal);
    await sendOpenaiAnswer(sink, model, answer, signal);
  }

  #refuse({ path, headers, body }: RecordedRequest): Refusal | undefined {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    if (this.isTokenLive?.(token) === false) return EXPIRED_TOKEN;
    return path === CHATGPT_RESPONSES_PATH ? refuseForChatgpt(body, headers) : undefined;
  }
}

function isResponsesPath(path: string): boolean {
  return path === '/v1/responses' || path === CHATGPT_RESPONSES_PATH;
}

export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const host = options.host ?? '127.0.0.1';
  const server = createServer();
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new ModelServer(server, `http://${host}:${port}`, options.script ?? echo);
}
