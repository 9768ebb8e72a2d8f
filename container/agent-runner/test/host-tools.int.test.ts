import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { callTool, runCommand, say } from '../../../test/loopback/models/model-script.ts';
import { type ModelServer, startModelServer } from '../../../test/loopback/models/server.ts';
import { MailboxHost } from './mailbox-host.ts';
import { runRequest } from './run-requests.ts';
import { RunnerProcess } from './runner-process.ts';

let server: ModelServer;
let runner: RunnerProcess;
let host: MailboxHost;
beforeEach(async ({ signal }) => {
  server = await startModelServer();
  runner = await RunnerProcess.start(signal);
  host = await MailboxHost.start(runner, '123@g.us');
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await runner[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const task = {
  prompt: 'Say good morning',
  schedule_type: 'cron',
  schedule_value: '0 9 * * 1',
  context_mode: 'group',
};
const stored = expect.objectContaining({
  folder: 'ipc',
  chatJid: '123@g.us',
  prompt: 'Say good morning',
  scheduleType: 'cron',
  scheduleValue: '0 9 * * 1',
  contextMode: 'group',
  timeZone: 'Europe/Berlin',
  status: 'active',
});

/** What the model was given back by its tools, in the last request. */
const told = () => server.requests.findLast((request) => request.model)?.model?.toolResults.join();

const byShell = () => {
  const request = JSON.stringify({ ...task, type: 'schedule_task', targetJid: '123@g.us' });
  const file = join(runner.paths.ipc, 'tasks', 'shell');
  const reply = join(runner.paths.ipc, 'replies', 'shell.json');
  return [
    `printf '%s' '${request}' > ${file}.tmp && mv ${file}.tmp ${file}.json`,
    `until [ -e ${reply} ]; do sleep 0.05; done; cat ${reply}`,
  ].join('; ');
};

test.each(['codex', 'claude'] as const)(
  '%s schedules by shell and reads the reply',
  async (provider) => {
    server.script = [{ steps: [runCommand(byShell()), say('scheduled')] }];
    const { end } = await runner.run(runRequest(provider, server), AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result', text: 'scheduled' });
    expect(host.tasks()).toEqual([stored]);
    expect(told()).toMatch(/nextRuns[^]*Mon 20\d\d-\d\d-\d\d 09:00/);
  },
);

test.each(['codex', 'claude'] as const)(
  '%s schedules by the MCP tool, hears the id and the next times, and finds the task in its list',
  async (provider) => {
    server.script = [
      {
        steps: [
          callTool('mcp__deckhand__schedule_task', task),
          callTool('mcp__deckhand__list_tasks', {}),
          say('scheduled'),
        ],
      },
    ];
    const { end } = await runner.run(runRequest(provider, server), AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'result', text: 'scheduled' });
    expect(host.tasks()).toEqual([stored]);
    const id = host.tasks()[0]!.id;
    expect(told()).toMatch(
      new RegExp(
        `Task ${id} is active[^]*Next times \\(Europe/Berlin\\): Mon [^]*${id} \\[active\\]`,
      ),
    );
  },
);

test.each(['codex', 'claude'] as const)('%s hears why the host refuses', async (provider) => {
  const wrong = { ...task, schedule_value: '0 0 9 * * 1' };
  server.script = [{ steps: [callTool('mcp__deckhand__schedule_task', wrong), say('no')] }];
  await runner.run(runRequest(provider, server), AbortSignal.timeout(60_000));
  expect(host.tasks()).toEqual([]);
  expect(told()).toMatch(/Not done \(bad_schedule\)/);
});

test('codex keeps the host’s tools whatever its config.toml says of a server of that name', async () => {
  await mkdir(runner.paths.codexHome, { recursive: true });
  const planted = [
    '[mcp_servers.deckhand]',
    'command = "/bin/false"',
    'args = ["x"]',
    'enabled = false',
    'required = true',
    'default_tools_approval_mode = "prompt"',
    'startup_timeout_sec = 0.001',
    'tool_timeout_sec = 0.001',
    'enabled_tools = []',
    'disabled_tools = ["schedule_task"]',
    'cwd = "/nowhere"',
    'env = { NODE_OPTIONS = "--require=/nowhere" }',
    'env_vars = ["X"]',
  ];
  await writeFile(join(runner.paths.codexHome, 'config.toml'), planted.join('\n'));
  const call = callTool('mcp__deckhand_host__schedule_task', task);
  server.script = [{ steps: [call, say('scheduled')] }];
  const { end } = await runner.run(runRequest('codex', server), AbortSignal.timeout(60_000));
  expect(end).toMatchObject({ type: 'result', text: 'scheduled' });
  expect(host.tasks()).toEqual([stored]);
});

test.each(['codex', 'claude'] as const)(
  'looking at the list of %s is no side effect',
  async (provider) => {
    const steps = [callTool('mcp__deckhand__list_tasks', {}), failing];
    server.script = [{ steps }];
    const { end } = await runner.run(runRequest(provider, server), AbortSignal.timeout(60_000));
    expect(end).toMatchObject({ type: 'failed', hasSideEffects: false });
  },
);

test('codex reaches the tools where a proxy is set, without asking it', async ({ signal }) => {
  const nowhere = 'http://127.0.0.1:1';
  await using proxied = await RunnerProcess.start(signal, { HTTP_PROXY: nowhere });
  server.script = [{ steps: [callTool('mcp__deckhand__list_tasks', {}), say('looked')] }];
  const { end } = await proxied.run(runRequest('codex', server), AbortSignal.timeout(60_000));
  expect(end).toMatchObject({ type: 'result', text: 'looked' });
  expect(told()).toContain('task');
});

test('no command of codex sees the secret of the tools in its environment', async () => {
  server.script = [{ steps: [runCommand('env'), say('seen')] }];
  const { end } = await runner.run(runRequest('codex', server), AbortSignal.timeout(60_000));
  expect(end).toMatchObject({ type: 'result', text: 'seen' });
  expect(told()).toContain('TZ=Europe/Berlin');
  expect(told()).not.toContain('DECKHAND_TOKEN');
});

const failing = { type: 'error', status: 400, body: { error: { message: 'bad' } } } as const;
