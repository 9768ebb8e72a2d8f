import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleRequest } from '../example-request.testing.ts';
import { nextRequest } from '../next-request.testing.ts';
import { type ToolAccess, ToolEndpoint } from './tool-endpoint.ts';

const { group } = exampleRequest();
let ipcFolder: string;
let endpoint: ToolEndpoint;
let access: ToolAccess;
let logged: PromiseWithResolvers<string>;

beforeEach(async () => {
  logged = Promise.withResolvers();
  ipcFolder = await mkdtemp(join(tmpdir(), 'deckhand-endpoint-'));
  endpoint = await ToolEndpoint.start(logged.resolve);
  access = endpoint.open({ group, ipcFolder });
});
afterEach(async () => {
  await endpoint[Symbol.asyncDispose]();
  await rm(ipcFolder, { recursive: true });
});

interface Change {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

async function post(body: string, change: Change = {}): Promise<Reply> {
  const outgoing = request(change.url ?? access.url, {
    method: change.method ?? 'POST',
    headers: { authorization: `Bearer ${access.token}`, ...change.headers },
  });
  outgoing.end(body);
  const [response] = await once(outgoing, 'response');
  return { status: response.statusCode, body: await text(response) };
}

const rpc = (method: string, params: object = {}) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });

const toolNames = async (): Promise<string[]> => {
  const { result } = JSON.parse((await post(rpc('tools/list'))).body);
  return result.tools.map(({ name }: { name: string }) => name);
};

test('a request is answered with JSON, a notification with nothing', async () => {
  const { status, body } = await post(rpc('ping'));
  expect([status, JSON.parse(body)]).toEqual([200, { jsonrpc: '2.0', id: 1, result: {} }]);
  const notification = '{"jsonrpc":"2.0","method":"notifications/initialized"}';
  expect(await post(notification)).toEqual({ status: 202, body: '' });
});

test.each<[string, number, () => Change]>([
  ['without a token', 401, () => ({ headers: { authorization: '' } })],
  ['with a wrong token', 401, () => ({ headers: { authorization: `Bearer ${access.token}x` } })],
  ['under the name of a web site', 403, () => ({ headers: { host: 'rebound.example' } })],
  ['for another path', 404, () => ({ url: new URL('/', access.url).href })],
  ['for the stream of the server', 405, () => ({ method: 'GET' })],
  ['for the end of a session', 405, () => ({ method: 'DELETE' })],
])('a request %s is refused with %i', async (_title, status, change) => {
  expect(await post(rpc('ping'), change())).toEqual({ status, body: '' });
});

test('a body that is too long is refused, one that is no request is told so', async () => {
  expect((await post('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
  const { status, body } = await post('{');
  expect([status, JSON.parse(body)]).toMatchObject([400, { error: { code: -32_700 } }]);
  expect((await post(rpc('ping'))).status).toBe(200);
});

test('each run has the tools of its group, until its access is given back', async () => {
  expect(await toolNames()).not.toContain('register_group');
  const first = access;
  access = endpoint.open({ group: { ...group, isMain: true }, ipcFolder });
  expect(access.token).not.toBe(first.token);
  expect(await toolNames()).toContain('register_group');
  access[Symbol.dispose]();
  expect((await post(rpc('ping'))).status).toBe(401);
  access = first;
  expect((await post(rpc('ping'))).status).toBe(200);
});

test('a client that breaks off in the middle of a body leaves the server standing', async () => {
  const { hostname, port, host } = new URL(access.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /mcp HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${access.token}\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.resetAndDestroy();
  expect(await logged.promise).toContain('broke off');
  expect((await post(rpc('ping'))).status).toBe(200);
});

test('the end of the server ends a call that waits for the host; its request stands', async () => {
  const call = post(rpc('tools/call', { name: 'cancel_task', arguments: { taskId: 'task-1' } }));
  const name = await nextRequest(join(ipcFolder, 'tasks'));
  const [outcome] = await Promise.allSettled([call, endpoint[Symbol.asyncDispose]()]);
  expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ECONNRESET' } });
  expect(await readdir(join(ipcFolder, 'tasks'))).toEqual([name]);
  endpoint = await ToolEndpoint.start(() => undefined);
});
