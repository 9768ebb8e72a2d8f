import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http, { type IncomingHttpHeaders } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DOOR_SOCKET } from '@deckhand/protocol';
import { systemNow } from '../../src/clock.ts';
import type { UsableCredential } from '../../src/core/credential.ts';
import type { EgressDenial, EgressPolicy } from '../../src/core/egress.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { formatModelRef, type ModelProvider } from '../../src/core/models/model-ref.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createLogger } from '../../src/logger.ts';
import { createModelProxy } from '../../src/model-proxy/model-proxy.ts';
import { createUpstream } from '../../src/model-proxy/upstream.ts';
import type { Admission, Gateway, GatewayEntry, ServeOutside } from '../../src/ports.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';

export const CANARY = 'sk-canary-4f1d0c7e9b2a';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const MODELS: Readonly<Record<ModelProvider, string>> = {
  anthropic: 'claude-sonnet-5',
  openai: 'gpt-5.5',
  'openai-codex': 'gpt-5.5',
};

/** A credential that is the canary; a ChatGPT sign-in has `renewals` newer ones. */
export function canaryCredential(provider: ModelProvider, renewals = 0): CountedCredential {
  const renewed = { count: 0 };
  const token = () => (renewed.count === 0 ? CANARY : `${CANARY}-${renewed.count}`);
  return {
    renewed,
    ok: true,
    secrets:
      provider === 'anthropic'
        ? { ANTHROPIC_API_KEY: CANARY }
        : provider === 'openai'
          ? { OPENAI_API_KEY: CANARY }
          : {},
    ...(provider === 'openai-codex' && {
      signIn: async () => ({ accessToken: token(), accountId: 'acct-1', idToken: 'id' }),
    }),
    async onRefused() {
      if (renewed.count >= renewals) return 'over';
      renewed.count++;
      return 'renewed';
    },
  };
}

export interface CountedCredential extends UsableCredential {
  readonly renewed: { count: number };
}

const CLOSED: ServeOutside = ({ socket }) => void socket.destroy();

/** The host's gateway with its model proxy, before the scripted models. Nothing else is outside unless told. */
export class GatewayWorld implements AsyncDisposable {
  readonly models: ModelServer;
  readonly gateway: Gateway;
  readonly logs: string[] = [];
  readonly denials: EgressDenial[] = [];
  policy: EgressPolicy = { kind: 'model-only' };
  readonly #root: string;
  readonly #cleanUp: AsyncDisposableStack;

  private constructor(
    root: string,
    models: ModelServer,
    serveOutside: ServeOutside,
    cleanUp: AsyncDisposableStack,
  ) {
    this.#root = root;
    this.models = models;
    this.#cleanUp = cleanUp;
    const destination = new PassThrough().on('data', (line) => this.logs.push(String(line)));
    const logger = createLogger('trace', { destination });
    const policyOf = () => this.policy;
    const openModel = createModelProxy({
      servers: {
        anthropicBaseUrl: models.anthropicBaseUrl,
        openaiBaseUrl: models.openaiBaseUrl,
        chatgptBaseUrl: models.chatgptBaseUrl.replace(/\/codex$/, ''),
      },
      upstream: cleanUp.use(createUpstream()),
      policyOf,
      now: systemNow,
      logger,
    });
    this.gateway = cleanUp.use(
      createGateway({
        doorFolder: (folder) => join(root, folder),
        key: 'key',
        serves: () => true,
        openModel,
        serveOutside,
        policyOf,
        onDenied: (_entry, denial) => this.denials.push(denial),
        logger,
      }),
    );
  }

  static async start(serveOutside: ServeOutside = CLOSED): Promise<GatewayWorld> {
    const root = await mkdtemp(join(tmpdir(), 'deckhand-gateway-'));
    const cleanUp = new AsyncDisposableStack();
    cleanUp.defer(() => rm(root, { recursive: true, force: true }));
    return new GatewayWorld(root, cleanUp.use(await startModelServer()), serveOutside, cleanUp);
  }

  /** The folder with the group's door, which a container would see. */
  get doorFolder(): string {
    return join(this.#root, 'family');
  }

  /** One attempt of a group, with the canary as its credential unless told. */
  async admit(provider: ModelProvider, more: Partial<GatewayEntry> = {}): Promise<Admission> {
    return await this.gateway.admit(this.entryOf(provider, more));
  }

  entryOf(provider: ModelProvider, more: Partial<GatewayEntry> = {}): GatewayEntry {
    const ref = { provider, model: MODELS[provider] };
    return {
      attemptId: crypto.randomUUID(),
      runId: 'run-1',
      group: registeredGroupSchema.parse({ jid: '1@g.us', name: 'Family', folder: 'family' }),
      route: {
        ref,
        name: formatModelRef(ref),
        agent: provider === 'anthropic' ? 'claude' : 'codex',
      },
      credential: canaryCredential(provider),
      ...more,
    };
  }

  /** A connection as the relay of a container makes it. */
  connect({ access }: Pick<Admission, 'access'>): Socket {
    const socket = createConnection({
      path: join(this.doorFolder, DOOR_SOCKET),
      allowHalfOpen: true,
    });
    socket.write(`${JSON.stringify({ v: 1, token: access.token, to: 'model' })}\n`);
    return socket;
  }

  /** One request on a connection of its own. Rejects when the connection or the answer breaks. */
  async ask(admission: Pick<Admission, 'access'>, path: string, ask: Ask = {}): Promise<Answer> {
    const { method = 'POST', headers = {}, body, signal } = ask;
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    const request = http.request({
      method,
      path,
      headers: { 'content-type': 'application/json', ...headers },
      createConnection: () => this.connect(admission),
      ...(signal && { signal }),
    });
    request.end(bytes);
    const [response] = await once(request, 'response');
    // An answer may come before all of a request is taken; what breaks then is the rest of it.
    request.on('error', () => request.destroy());
    return { status: response.statusCode, headers: response.headers, text: await text(response) };
  }

  /** What comes back for bytes as they are. */
  async exchange(
    admission: Pick<Admission, 'access'>,
    bytes: string | Uint8Array,
  ): Promise<string> {
    const socket = this.connect(admission);
    socket.end(bytes);
    return await text(socket).catch((error: Error) => `broken: ${error.message}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanUp[Symbol.asyncDispose]();
  }
}

const hello = [{ role: 'user', content: 'hello' }];
export const CLAUDE_ASK = {
  model: MODELS.anthropic,
  max_tokens: 10,
  messages: hello,
  stream: true,
};
export const OPENAI_ASK = {
  model: MODELS.openai,
  instructions: 'Be kind.',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] }],
  store: false,
  stream: true,
};
