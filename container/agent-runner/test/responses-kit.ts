import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AgentPaths,
  agentPaths,
  type FailedEvent,
  type ResultEvent,
  type RunEvent,
  type RunRequest,
} from '@deckhand/protocol';
import type { RecordedRequest } from '../../../test/loopback/models/model-request.ts';
import type { OutputItem } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { executeRun } from '../src/execute-run.ts';
import type { ResponsesLimits } from '../src/providers/responses/limits.ts';
import { createResponsesProvider } from '../src/providers/responses/provider.ts';
import { accessToken, writeSignIn } from './chatgpt-sign-in.ts';
import { responsesSettings, runRequest } from './run-requests.ts';

/** Retries come at once; what waits for silence or for a file waits long unless a test says otherwise. */
const LIMITS: ResponsesLimits = {
  idleMs: 60_000,
  credentialWaitMs: 60_000,
  tries: 3,
  backoffMs: 1,
  maxRetryWaitMs: 5_000,
};

export interface KitRun {
  readonly events: readonly RunEvent[];
  readonly end: ResultEvent | FailedEvent;
}

/** The provider in this process, with limits of the test's choice, against a scripted model over HTTP. */
export class ResponsesKit implements AsyncDisposable {
  readonly server: ModelServer;
  readonly paths: AgentPaths;
  readonly events: RunEvent[] = [];
  readonly #root: string;
  limits: ResponsesLimits = LIMITS;

  private constructor(server: ModelServer, root: string) {
    this.server = server;
    this.#root = root;
    this.paths = agentPaths(join(root, 'workspace'), join(root, 'home'));
  }

  static async start(): Promise<ResponsesKit> {
    const root = await mkdtemp(join(tmpdir(), 'deckhand-responses-'));
    for (const folder of ['group', 'ipc/tasks', 'ipc/replies'])
      await mkdir(join(root, 'workspace', folder), { recursive: true });
    await mkdir(join(root, 'home'));
    return new ResponsesKit(await startModelServer(), root);
  }

  /** The bodies of the model requests so far. */
  get asked(): readonly RecordedRequest[] {
    return this.server.requests.filter(({ path }) => path.endsWith('/responses'));
  }

  /** What the model was given back of its calls, in the last request. */
  get told(): readonly string[] {
    return this.asked.at(-1)?.model?.toolResults ?? [];
  }

  get lastInput(): readonly OutputItem[] {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('the model was not asked');
    return (last.body as { input: OutputItem[] }).input;
  }

  request(
    changes: Partial<RunRequest> = {},
    settings: Partial<NonNullable<RunRequest['responses']>> = {},
  ): RunRequest {
    const responses = responsesSettings(this.server, settings);
    return runRequest('responses', this.server, { responses, ...changes });
  }

  /** A request with a ChatGPT sign-in, which is written first. */
  async chatgptRequest(
    changes: Partial<RunRequest> = {},
    settings: Partial<NonNullable<RunRequest['responses']>> = {},
  ): Promise<RunRequest> {
    await writeSignIn(this.paths.codexHome, accessToken('first'));
    const baseUrl = this.server.chatgptBaseUrl;
    return this.request({ secrets: {}, ...changes }, { auth: 'chatgpt', baseUrl, ...settings });
  }

  async run(
    request: RunRequest = this.request(),
    signal: AbortSignal = new AbortController().signal,
  ): Promise<KitRun> {
    this.events.length = 0;
    const surroundings = {
      paths: this.paths,
      environment: { PATH: process.env['PATH'], OPENAI_API_KEY: 'sk-of-the-runner' },
      log: () => undefined,
    };
    await using provider = createResponsesProvider(surroundings, this.limits);
    const write = (event: RunEvent) => void this.events.push(event);
    await executeRun(request, async () => provider, write, signal);
    const events = [...this.events];
    return { events, end: events.at(-1) as ResultEvent | FailedEvent };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }
}
