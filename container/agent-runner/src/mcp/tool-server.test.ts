import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { exampleRequest } from '../example-request.testing.ts';
import { nextRequest } from '../next-request.testing.ts';
import { readRpc } from './json-rpc.ts';
import { createToolServer, type ToolServer } from './tool-server.ts';

const { group } = exampleRequest();
let ipcFolder: string;
let server: ToolServer;

beforeEach(async () => {
  ipcFolder = await mkdtemp(join(tmpdir(), 'deckhand-tools-'));
  server = createToolServer({ group, ipcFolder });
});
afterEach(async () => await rm(ipcFolder, { recursive: true }));

const ask = (method: string, params: Record<string, unknown> = {}) =>
  server.answer({ jsonrpc: '2.0', id: 1, method, params });
const call = (name: string, input: unknown) => ask('tools/call', { name, arguments: input });

const listSchema = z.object({
  result: z.object({
    tools: z.array(z.object({ name: z.string(), inputSchema: z.looseObject({}) })),
  }),
});

test('initialize answers in the client’s revision and names the tools in its instructions', async () => {
  expect(await ask('initialize', { protocolVersion: '2025-06-18' })).toMatchObject({
    id: 1,
    result: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: 'deckhand' },
      instructions: expect.stringMatching(/schedule_task[^]*cancel_task/),
    },
  });
  expect(await ask('initialize', { protocolVersion: '1999-01-01' })).toMatchObject({
    result: { protocolVersion: '2025-11-25' },
  });
});

test('tools/list describes each input as a closed JSON schema; main has the group tools in addition', async () => {
  const { tools } = listSchema.parse(await ask('tools/list')).result;
  expect(tools.map(({ name }) => name)).toContain('schedule_task');
  expect(tools.map(({ name }) => name)).not.toContain('register_group');
  for (const { inputSchema } of tools)
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
  server = createToolServer({ group: { ...group, isMain: true }, ipcFolder });
  const main = listSchema.parse(await ask('tools/list')).result.tools.map(({ name }) => name);
  expect(main).toEqual(expect.arrayContaining(['register_group', 'refresh_groups']));
});

test.each<[string, string, Record<string, unknown>, number]>([
  ['an unknown method', 'resources/list', {}, -32_601],
  ['an unknown tool', 'tools/call', { name: 'rm' }, -32_602],
  ['a main tool in another group', 'tools/call', { name: 'register_group' }, -32_602],
  ['a call without a name', 'tools/call', {}, -32_602],
])('is answered with an error: %s', async (_title, method, params, code) => {
  expect(await ask(method, params)).toMatchObject({ id: 1, error: { code } });
});

test('wrong input is told to the model and puts nothing into the mailbox', async () => {
  expect(await call('schedule_task', { prompt: 'x', six: true })).toMatchObject({
    result: { isError: true, content: [{ text: expect.stringContaining('Wrong input') }] },
  });
  expect(await readdir(ipcFolder)).toEqual([]);
});

test('a call writes the request and returns what the host replied', async () => {
  const answered = call('cancel_task', { taskId: 'task-1' });
  const name = await answerNext(join(ipcFolder, 'tasks'), {
    ok: false,
    code: 'unknown_task',
    error: 'No such task.',
  });
  expect(await answered).toMatchObject({
    result: {
      isError: true,
      content: [{ type: 'text', text: 'Not done (unknown_task): No such task.' }],
    },
  });
  expect(JSON.parse(await readFile(join(ipcFolder, 'tasks', name), 'utf8'))).toMatchObject({
    type: 'cancel_task',
    taskId: 'task-1',
    groupFolder: 'crew',
  });
});

test('list_tasks tells what the host put there, and does not fall for what the agent did', async () => {
  const path = join(ipcFolder, 'current_tasks.json');
  expect(await call('list_tasks', {})).toMatchObject({ result: { isError: true } });
  await writeFile(path, '[{"id":"half');
  expect(await call('list_tasks', {})).toMatchObject({ result: { isError: true } });
  await writeFile(path, '[]');
  expect(await call('list_tasks', {})).toMatchObject({
    result: { isError: false, content: [{ text: 'No task is scheduled.' }] },
  });
});

test('lines that are no request get an error or, when they ask for nothing, no answer', () => {
  expect(readRpc('{')).toMatchObject({ status: 'bad', answer: { id: null } });
  expect(readRpc('{"id":3,"method":7}')).toMatchObject({ status: 'bad', answer: { id: 3 } });
  expect(readRpc('{"jsonrpc":"2.0","method":"notifications/initialized"}').status).toBe('silent');
  expect(readRpc('{"jsonrpc":"2.0","id":1,"method":"ping"}').status).toBe('request');
});

/** Plays the host for the next request of a folder; resolves with its name. */
async function answerNext(folder: string, reply: object): Promise<string> {
  const name = await nextRequest(folder);
  const path = join(ipcFolder, 'replies', name);
  await writeFile(`${path}.tmp`, JSON.stringify({ requestId: name, ...reply }));
  await rename(`${path}.tmp`, path);
  return name;
}
