import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findCodex } from '@deckhand/agent-runner/codex-binary';
import type { RunRequest } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chat, runRequest } from '../../container/agent-runner/test/run-requests.ts';
import { RunnerProcess } from '../../container/agent-runner/test/runner-process.ts';
import { runCommand, say } from '../loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../loopback/models/server.ts';
import { CANARY, plantScript, RAN } from './planted/plant-script.ts';

let server: ModelServer;
let runner: RunnerProcess;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  runner = await RunnerProcess.start(signal);
});
afterEach(async () => {
  await runner[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Has the agent plant everything, in a run of its own; resolves with the session that it was in. */
async function plant(
  provider: RunRequest['provider'],
  signal: AbortSignal,
): Promise<string | undefined> {
  const { group, home } = runner.paths;
  await writeFile(join(group, 'plant.sh'), plantScript({ workspace: join(group, '..'), home }));
  server.script = [{ times: 1, steps: [runCommand('sh plant.sh'), say('ok')] }];
  const { end } = await runner.run(runRequest(provider, server), signal);
  expect(await readdir(group)).toEqual(expect.arrayContaining(['.git', '.mcp.json', 'fsmonitor']));
  return end.type === 'result' ? end.sessionId : undefined;
}

/** What of the planted was read or run from the given number of requests on. */
async function findTraces(from: number): Promise<string[]> {
  const asked = JSON.stringify(server.requests.slice(from).map(({ body }) => body));
  const ran = (await readdir(runner.paths.group)).filter((name) => RAN.test(name));
  return [...new Set(asked.match(CANARY)), ...ran];
}

/** A run that names what was planted, as members may, and has a shell started. */
async function runAgain(
  provider: RunRequest['provider'],
  by: RunnerProcess,
  signal: AbortSignal,
  changes: Partial<RunRequest> = {},
): Promise<string[]> {
  const from = server.requests.length;
  server.script = [{ times: 1, steps: [runCommand('echo alive'), say('done')] }];
  const request = runRequest(provider, server, {
    prompt: chat('$canary /canary @canary'),
    ...changes,
  });
  const { end } = await by.run(request, signal);
  expect(end).toMatchObject({ type: 'result', text: 'done' });
  expect(server.requests.at(-1)?.model?.toolResults.join()).toContain('alive');
  return await findTraces(from);
}

test.for(['codex', 'claude', 'responses'] as const)(
  'T17: what an agent plants configures no later run of %s, in its container or in a new one',
  async (provider, { signal }) => {
    await plant(provider, signal);
    expect(await runAgain(provider, runner, signal)).toEqual([]);
    await using next = await RunnerProcess.start(signal, {
      HOME: runner.paths.home,
      DECKHAND_WORKSPACE: join(runner.paths.group, '..'),
    });
    expect(await runAgain(provider, next, signal)).toEqual([]);
  },
);

test('T17: the process of claude that serves the next run too obeys nothing that was planted meanwhile', async ({
  signal,
}) => {
  const sessionId = await plant('claude', signal);
  const claude = { baseUrl: server.anthropicBaseUrl, ...(sessionId && { sessionId }) };
  expect(await runAgain('claude', runner, signal, { claude })).toEqual([]);
});

test('T17: the Codex CLI obeys the same files where it is told to look for them', async ({
  signal,
}) => {
  await plant('responses', signal);
  const { group, home } = runner.paths;
  const from = server.requests.length;
  const model = `{name="m",base_url="${server.openaiBaseUrl}",wire_api="responses"}`;
  const settings = ['model_provider="m"', `model_providers.m=${model}`].flatMap((s) => ['-c', s]);
  const codex = promisify(execFile)(
    findCodex().binary,
    ['exec', '--skip-git-repo-check', '-C', group, ...settings, 'hello'],
    { env: { PATH: process.env['PATH'], HOME: home, CODEX_HOME: `${home}/.codex-session/.codex` } },
  );
  codex.child.stdin?.end();
  await codex;
  const traces = await findTraces(from);
  expect(traces).toEqual(expect.arrayContaining(['mcp-ran', 'notify-ran']));
  expect(traces.join()).toContain('group/AGENTS.override.md');
});

test('T17: the CLI of Claude and git obey the same files where nobody tells them not to', async ({
  signal,
}) => {
  await plant('responses', signal);
  const { group } = runner.paths;
  const claude = `@anthropic-ai/claude-agent-sdk-${process.platform}-${process.arch}/claude`;
  const env = {
    PATH: process.env['PATH'],
    HOME: runner.paths.home,
    ANTHROPIC_BASE_URL: server.anthropicBaseUrl,
    ANTHROPIC_API_KEY: 'sk-ant-x',
    CLAUDE_CODE_MAX_RETRIES: '0',
  };
  const path = join(import.meta.dirname, '../../node_modules', claude);
  const asked = promisify(execFile)(path, ['-p', 'hello'], { cwd: group, env });
  asked.child.stdin?.end();
  // It is led to a server that is none, which is a trace as well.
  await asked.catch(() => undefined);
  await promisify(execFile)('git', ['status'], { cwd: group, env });
  expect(await findTraces(server.requests.length)).toEqual(
    expect.arrayContaining(['hook-ran', 'fsmonitor-ran']),
  );
});
