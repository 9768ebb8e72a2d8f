import type { RunRequest, Usage } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { responsesSettings, runRequest } from '../../container/agent-runner/test/run-requests.ts';
import {
  type FinishedRun,
  RunnerProcess,
} from '../../container/agent-runner/test/runner-process.ts';
import type { ModelProvider } from '../../src/core/models/model-ref.ts';
import type { Admission, GatewayEntry, RunOutcome } from '../../src/ports.ts';
import { cutStream, failWith, runCommand, say } from '../loopback/models/model-script.ts';
import { CANARY, canaryCredential, GatewayWorld } from './gateway-world.ts';

/** The programs as they are, each with its own wishes, before the host's own gateway. */
type Program = RunRequest['provider'];

let world: GatewayWorld;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  world = cleanUp.use(await GatewayWorld.start());
});
afterEach(async () => await cleanUp[Symbol.asyncDispose]());

const PLACEHOLDER = 'added-by-the-host';
const nowhere = 'http://127.0.0.1:9/nowhere';

interface Asked {
  readonly admission: Admission;
  readonly run: FinishedRun;
  readonly outcome: RunOutcome;
}

/** Runs a program once through the gateway and settles what it says. */
async function ask(
  program: Program,
  provider: ModelProvider,
  more: Partial<GatewayEntry> = {},
  secrets: RunRequest['secrets'] = {},
): Promise<Asked> {
  const admission = await world.admit(provider, more);
  const runner = cleanUp.use(
    await RunnerProcess.start(AbortSignal.timeout(60_000), { DECKHAND_DOOR: world.doorFolder }),
  );
  const auth = provider === 'openai-codex' ? 'chatgpt' : 'api_key';
  const request = runRequest(program, world.models, {
    model: provider === 'anthropic' ? 'claude-sonnet-5' : 'gpt-5.5',
    gateway: admission.access,
    claude: { baseUrl: nowhere },
    codex: { approvalPolicy: 'auto', auth, baseUrl: nowhere },
    responses: responsesSettings(world.models, { auth, baseUrl: nowhere }),
    secrets,
  });
  const run = await runner.run(request, AbortSignal.timeout(90_000));
  return { admission, run, outcome: admission.settle(toOutcome(run)) };
}

function toOutcome({ end }: FinishedRun): RunOutcome {
  if (end.type === 'result') {
    const { text, isCut, usage } = end;
    return { status: 'answered', text, isCut, ...(usage && { usage }) };
  }
  const { class: failureClass, detail, hasSideEffects, retryAt } = end;
  const until = retryAt === undefined ? {} : { retryAt };
  return { status: 'failed', class: failureClass, detail, hasSideEffects, ...until };
}

const claudeKey = { ANTHROPIC_API_KEY: PLACEHOLDER };
const claudeToken = { CLAUDE_CODE_OAUTH_TOKEN: PLACEHOLDER };
const oauth = { ...canaryCredential('anthropic'), secrets: { CLAUDE_CODE_OAUTH_TOKEN: CANARY } };
const usage: Usage = { inputTokens: 30, cachedInputTokens: 0, outputTokens: 7 };

const WAYS: [
  string,
  Program,
  ModelProvider,
  Partial<GatewayEntry>,
  RunRequest['secrets'],
  object,
][] = [
  ['claude with a key', 'claude', 'anthropic', {}, claudeKey, { 'x-api-key': CANARY }],
  [
    'claude with a subscription',
    'claude',
    'anthropic',
    { credential: oauth },
    claudeToken,
    { authorization: `Bearer ${CANARY}` },
  ],
  ['codex with a key', 'codex', 'openai', {}, {}, { authorization: `Bearer ${CANARY}` }],
  [
    'codex with a ChatGPT sign-in',
    'codex',
    'openai-codex',
    {},
    {},
    { authorization: `Bearer ${CANARY}`, 'chatgpt-account-id': 'acct-1' },
  ],
  ['responses with a key', 'responses', 'openai', {}, {}, { authorization: `Bearer ${CANARY}` }],
  [
    'responses with a ChatGPT sign-in',
    'responses',
    'openai-codex',
    {},
    {},
    { authorization: `Bearer ${CANARY}`, 'chatgpt-account-id': 'acct-1' },
  ],
];

test.each(WAYS)(
  '%s runs a command and answers, and costs what the model has counted',
  async (_, program, provider, more, secrets, headers) => {
    world.models.script = [{ steps: [runCommand('env; echo done'), say('It is done.', usage)] }];
    const { run, outcome } = await ask(program, provider, more, secrets);
    expect(run.end).toMatchObject({ type: 'result', text: 'It is done.' });
    const asked = world.models.requests.filter(({ model }) => model);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    for (const request of asked) expect(request.headers).toMatchObject(headers);
    // The command's request has the server's default counts: 100 and 10.
    const total = { inputTokens: 130, cachedInputTokens: 0, outputTokens: 17 };
    expect(outcome).toMatchObject({ status: 'answered', usage: total });
    expect(world.logs.join('')).not.toContain('was refused');
    expect(JSON.stringify(asked.at(-1)?.body)).not.toContain(CANARY);
    expect(JSON.stringify(run.events)).not.toContain(CANARY);
  },
);

test.each(['codex', 'responses'] as const)(
  'a ChatGPT token that ends in the middle of a run of %s is renewed without the program hearing of it',
  async (program) => {
    world.models.isTokenLive = (token) => token === `${CANARY}-1`;
    const credential = canaryCredential('openai-codex', 1);
    const { run, outcome } = await ask(program, 'openai-codex', { credential });
    expect(run.end).toMatchObject({ type: 'result', text: 'You said: hello' });
    expect(outcome.status).toBe('answered');
    expect(credential.renewed.count).toBe(1);
  },
);

const LIMIT = 1_900_000_000;
const limitOfClaude = failWith(429, undefined, {
  'anthropic-ratelimit-unified-status': 'rejected',
  'anthropic-ratelimit-unified-reset': String(LIMIT),
  'anthropic-ratelimit-unified-representative-claim': 'five_hour',
});
const limitOfChatgpt = failWith(429, {
  error: {
    type: 'usage_limit_reached',
    message: 'The usage limit has been reached',
    resets_at: LIMIT,
  },
});

test.each([
  ['claude', 'anthropic', limitOfClaude, { credential: oauth }, claudeToken],
  ['codex', 'openai-codex', limitOfChatgpt, {}, {}],
  ['responses', 'openai-codex', limitOfChatgpt, {}, {}],
] as const)(
  'a usage limit that %s meets is one, until it ends',
  async (program, provider, limit, more, secrets) => {
    world.models.script = [{ steps: [limit] }];
    const { outcome } = await ask(program, provider, more, secrets);
    expect(outcome).toMatchObject({ status: 'failed', class: 'quota', retryAt: LIMIT * 1000 });
  },
);

test.each([
  ['claude', 'anthropic', failWith(529), claudeKey],
  ['codex', 'openai', failWith(503), {}],
  ['codex', 'openai', cutStream('half'), {}],
] as const)(
  '%s that meets a server with too much to do is overloaded: %#',
  async (program, provider, step, secrets) => {
    world.models.script = [{ steps: [step] }];
    const { outcome } = await ask(program, provider, {}, secrets);
    expect(outcome).toMatchObject({ status: 'failed', class: 'overloaded' });
  },
);

test.each([
  ['claude', 'anthropic', claudeKey, /This group's tokens of the day are used up/],
  // The CLI (0.169) has a sentence of its own for this.
  ['codex', 'openai', {}, /Quota exceeded/],
  ['responses', 'openai', {}, /This group's tokens of the day are used up/],
] as const)(
  '%s is told in one sentence that the group’s tokens are used up',
  async (program, provider, secrets, sentence) => {
    const { run, outcome } = await ask(program, provider, { tokensLeft: 0 }, secrets);
    expect(run.end).toMatchObject({ type: 'failed', detail: expect.stringMatching(sentence) });
    expect(outcome).toMatchObject({
      status: 'failed',
      class: 'out_of_tokens',
      detail: expect.stringContaining("the group's tokens of the day are used up"),
    });
    expect(world.models.requests.filter(({ model }) => model)).toHaveLength(0);
  },
);
