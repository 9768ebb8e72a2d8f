import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultEvent } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  callTool,
  cutStream,
  failWith,
  type ModelScript,
  runCommand,
  say,
  stallStream,
} from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { createHangingCommand } from './hanging-command.ts';
import { chat, runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

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

const lastRequest = () => server.requests.findLast((request) => request.model)?.model;
const resuming = (sessionId: string | undefined, text: string) =>
  runRequest('claude', server, {
    prompt: chat(text),
    history: 'HISTORY-LINE',
    claude: { baseUrl: server.anthropicBaseUrl, ...(sessionId !== undefined && { sessionId }) },
  });

test('a first run answers and names the session to resume', async ({ signal }) => {
  const { events, end } = await runner.run(resuming(undefined, 'hello'), signal);
  expect(events.map((event) => event.type)).toEqual(['started', 'session', 'progress', 'result']);
  expect(end).toMatchObject({
    type: 'result',
    text: 'You said: hello',
    usage: { inputTokens: 100 },
  });
  expect((end as ResultEvent).sessionId).toBe((events[1] as { sessionId: string }).sessionId);
  expect(lastRequest()?.headers).toMatchObject({ 'x-api-key': 'sk-ant-test-key' });
});

test('rules and global memory are system text; group memory and history are user text', async ({
  signal,
}) => {
  await writeFile(join(runner.paths.group, 'CLAUDE.md'), 'GROUP-FACT');
  await runner.run(resuming(undefined, 'hello'), signal);
  const asked = lastRequest()!;
  expect(asked.instructions).toContain('Deckhand\'s assistant in the WhatsApp group "Crew"');
  expect(asked.instructions).toContain('GLOBAL-FACT');
  expect(asked.instructions).not.toContain('GROUP-FACT');
  expect(asked.userText).toContain('GROUP-FACT');
  expect(asked.prompt).toMatch(/HISTORY-LINE[^]*hello/);
  expect(`${asked.instructions}${asked.userText}`).not.toContain('MEMORY.md');
});

test('settings planted in the group folder configure nothing', async ({ signal }) => {
  await mkdir(join(runner.paths.group, '.claude'));
  await writeFile(
    join(runner.paths.group, '.claude/settings.json'),
    JSON.stringify({ env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' } }),
  );
  const { end } = await runner.run(resuming(undefined, '/clear @CLAUDE.md'), signal);
  expect(end).toMatchObject({ type: 'result', text: 'You said: /clear @CLAUDE.md' });
});

test('a resumed session stays in one process and gets no history again', async ({ signal }) => {
  const first = await runner.run(resuming(undefined, 'one'), signal);
  const { sessionId } = first.end as ResultEvent;
  server.script = () => [runCommand('echo "cli $PPID"'), say('two')];
  await runner.run(resuming(sessionId, 'two'), signal);
  const warm = lastRequest()!;
  const third = await runner.run(resuming(sessionId, 'three'), signal);
  expect(third.end).toMatchObject({ type: 'result', sessionId });
  expect(lastRequest()!.toolResults).toEqual(warm.toolResults);
  expect(lastRequest()!.userText.match(/HISTORY-LINE/g)).toHaveLength(1);
});

test('a session is resumed by another process and the conversation goes on', async ({ signal }) => {
  const first = await runner.run(resuming(undefined, 'one'), signal);
  const { sessionId } = first.end as ResultEvent;
  const changed = { ...resuming(sessionId, 'two'), globalMemory: 'NEW-GLOBAL' };
  const second = await runner.run(changed, signal);
  expect(second.end).toMatchObject({ type: 'result', sessionId, text: 'You said: two' });
  expect(lastRequest()!.instructions).toContain('NEW-GLOBAL');
  expect(lastRequest()!.userText).toContain('one');
});

test('an unknown session is replaced by a fresh one that gets the history', async ({ signal }) => {
  const unknown = crypto.randomUUID();
  const { events, end } = await runner.run(resuming(unknown, 'hello'), signal);
  expect(end).toMatchObject({ type: 'result', text: 'You said: hello' });
  expect((end as ResultEvent).sessionId).not.toBe(unknown);
  expect(events).toContainEqual(expect.objectContaining({ type: 'progress', kind: 'warning' }));
  expect(events.filter((event) => event.type === 'session')).toHaveLength(1);
  expect(lastRequest()!.prompt).toContain('HISTORY-LINE');
});

test('a tool call writes a file into the mailbox', async ({ signal }) => {
  const file = join(runner.paths.ipc, 'messages', 'one');
  server.script = [
    {
      steps: [
        runCommand(`echo '{}' > "${file}.tmp" && mv "${file}.tmp" "${file}.json"`),
        say('ok'),
      ],
    },
  ];
  const { end } = await runner.run(resuming(undefined, 'write'), signal);
  expect(end).toMatchObject({ type: 'result', text: 'ok' });
  expect(await readFile(`${file}.json`, 'utf8')).toBe('{}\n');
});

test('send_message waits for the reply of the host and tells it to the model', async ({
  signal,
}) => {
  server.script = [
    { steps: [callTool('mcp__deckhand__send_message', { text: 'Half done' }), say('ok')] },
  ];
  const messages = join(runner.paths.ipc, 'messages');
  const request = resuming(undefined, 'send');
  runner.send(request);
  await runner.waitFor((event) => event.type === 'progress' && event.kind === 'tool', signal);
  const name = await waitForJson(messages, signal);
  expect(JSON.parse(await readFile(join(messages, name), 'utf8'))).toMatchObject({
    type: 'message',
    chatJid: '123@g.us',
    text: 'Half done',
    groupFolder: 'crew',
  });
  const reply = { ok: false, requestId: 'x', code: 'rate_limited', error: 'Wait a minute.' };
  const replyPath = join(runner.paths.ipc, 'replies', name);
  await writeFile(`${replyPath}.tmp`, JSON.stringify(reply));
  await rename(`${replyPath}.tmp`, replyPath);
  expect((await runner.waitForEnd(request.runId, signal)).end).toMatchObject({ text: 'ok' });
  expect(lastRequest()!.toolResults).toEqual([expect.stringContaining('Wait a minute.')]);
});

async function waitForJson(folder: string, signal: AbortSignal): Promise<string> {
  const isRequest = (name: string) => name.endsWith('.json') && !name.startsWith('.');
  const { watch } = await import('node:fs/promises');
  const watcher = watch(folder, { signal });
  const known = (await readdir(folder)).find(isRequest);
  if (known !== undefined) return known;
  for await (const { filename } of watcher) {
    const names = await readdir(folder);
    if (filename !== null && isRequest(filename) && names.includes(filename)) return filename;
  }
  throw new Error('unreachable');
}

test.each<[string, ModelScript, object]>([
  ['a rejected key', () => [failWith(401)], { class: 'auth' }],
  ['an overloaded model', () => [failWith(529)], { class: 'overloaded' }],
  ['a rate limit', () => [failWith(429)], { class: 'overloaded' }],
  ['a broken server', () => [failWith(500)], { class: 'overloaded' }],
  ['a cut stream', () => [cutStream('')], { class: 'overloaded' }],
  ['a model that does not exist', () => [failWith(404)], { class: 'model' }],
  ['a bad request', () => [failWith(400)], { class: 'refused' }],
  [
    'a prompt that is too long',
    () => [
      failWith(400, {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'prompt is too long: 300000 tokens > 200000 maximum',
        },
      }),
    ],
    { class: 'context' },
  ],
  [
    'an account without credit',
    () => [
      failWith(400, {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'Your credit balance is too low to access the Anthropic API.',
        },
      }),
    ],
    { class: 'quota' },
  ],
])('%s fails with its class', async (_title, script, expected) => {
  server.script = script;
  const { end } = await runner.run(resuming(undefined, 'hello'), AbortSignal.timeout(100_000));
  expect(end).toMatchObject({ type: 'failed', hasSideEffects: false, ...expected });
});

test('a subscription at its limit fails as quota with the time it ends', async ({ signal }) => {
  const resetsAt = Math.floor(Date.now() / 1000) + 3600;
  const headers = {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': String(resetsAt),
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
  };
  server.script = () => [failWith(429, undefined, headers)];
  const request = {
    ...resuming(undefined, 'hello'),
    secrets: { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-test' },
  };
  const { end } = await runner.run(request, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'quota', retryAt: resetsAt * 1000 });
  expect(lastRequest()?.headers).toMatchObject({ authorization: 'Bearer sk-ant-oat01-test' });
});

test('no credential fails as auth before the model is asked', async ({ signal }) => {
  const { end } = await runner.run({ ...resuming(undefined, 'x'), secrets: {} }, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'auth' });
  expect(server.requests).toEqual([]);
});

test('the deadline ends a stalled stream', async ({ signal }) => {
  server.script = () => [stallStream('begun')];
  const { end } = await runner.run({ ...resuming(undefined, 'x'), timeoutMs: 2500 }, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'timeout', hasSideEffects: false });
});

test('a cancel ends the run and its command, and the session goes on', async ({ signal }) => {
  const first = await runner.run(resuming(undefined, 'one'), signal);
  const { sessionId } = first.end as ResultEvent;
  const command = await createHangingCommand(runner.paths.group);
  server.script = [{ times: 1, steps: [runCommand(command.line)] }, { steps: [say('next')] }];
  const request = resuming(sessionId, 'hang');
  runner.send(request);
  await command.started();
  runner.send({ type: 'cancel', v: 1, runId: request.runId });
  const { end } = await runner.waitForEnd(request.runId, signal);
  expect(end).toMatchObject({ type: 'failed', class: 'cancelled', hasSideEffects: true });
  await expect(command.reach()).rejects.toThrow(/ENXIO/);
  const next = await runner.run(resuming(sessionId, 'again'), signal);
  expect(next.end).toMatchObject({ type: 'result', text: 'next', sessionId });
});

test('a crash of the program in a tool call is told once and the next run is served', async ({
  signal,
}) => {
  server.script = [
    { times: 1, steps: [runCommand('kill -9 $PPID'), say('never')] },
    { steps: [say('next')] },
  ];
  const { end } = await runner.run(resuming(undefined, 'crash'), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'internal', hasSideEffects: true });
  const next = await runner.run(resuming(undefined, 'again'), signal);
  expect(next.end).toMatchObject({ type: 'result', text: 'next' });
});

test("settings planted in the CLI's own folder, whole or broken, configure no later start", async ({
  signal,
}) => {
  const first = await runner.run(resuming(undefined, 'one'), signal);
  const marker = join(runner.paths.group, 'marker');
  const hook = [{ hooks: [{ type: 'command', command: `touch ${marker}` }] }];
  const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' };
  const planted = JSON.stringify({ env, hooks: { SessionStart: hook, UserPromptSubmit: hook } });
  const folders = [runner.paths.claudeHome, join(runner.paths.home, '.claude-session')];
  for (const text of [planted, '{"half":']) {
    for (const folder of folders)
      for (const name of ['.claude.json', 'settings.json', 'remote-settings.json'])
        await writeFile(join(folder, name), text);
    const again = await runner.run(resuming(undefined, 'two'), signal);
    expect(again.end).toMatchObject({ type: 'result', text: 'You said: two' });
  }
  const { sessionId } = first.end as ResultEvent;
  const resumed = await runner.run(resuming(sessionId, 'three'), signal);
  expect(resumed.end).toMatchObject({ type: 'result', sessionId, text: 'You said: three' });
  expect(await readdir(runner.paths.group)).toEqual([]);
});

test('a home that cannot keep the sessions fails the run with its path', async ({ signal }) => {
  await writeFile(runner.paths.claudeHome, '');
  const { end } = await runner.run(resuming(undefined, 'hello'), signal);
  expect(end).toMatchObject({ type: 'failed', class: 'internal' });
  expect(end).toMatchObject({ detail: expect.stringContaining(runner.paths.claudeHome) });
});

test('a codex run and a claude run share one process', async ({ signal }) => {
  const codex = await runner.run(runRequest('codex', server), signal);
  const claude = await runner.run(resuming(undefined, 'hello'), signal);
  expect([codex.end.type, claude.end.type]).toEqual(['result', 'result']);
});
