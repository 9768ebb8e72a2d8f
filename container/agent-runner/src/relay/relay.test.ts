import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { DOOR_LINE_MAX_BYTES, DOOR_SOCKET, doorLineSchema } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Relay } from './relay.ts';

const TOKEN = 't'.repeat(43);

let folder: string;
let relay: Relay;
let hosts: Server[];
let cleanUp: AsyncDisposableStack;

beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  hosts = [];
  folder = await mkdtemp(join(tmpdir(), 'deckhand-door-'));
  cleanUp.defer(async () => await rm(folder, { recursive: true }));
  relay = cleanUp.use(await startRelay({ maxConnections: 3, holdMs: 60_000 }));
});
afterEach(async () => {
  for (const host of hosts) host.close();
  await cleanUp[Symbol.asyncDispose]();
});

const startRelay = async (limits: { maxConnections: number; holdMs: number }) =>
  await Relay.start({ folder, hasOwnPorts: false }, () => undefined, limits);

/** Stands for the host: hands each connection to `serve`. */
async function listen(serve: (socket: Socket) => void): Promise<Server> {
  const host = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  host.listen(join(folder, DOOR_SOCKET));
  await once(host, 'listening');
  hosts.push(host);
  return host;
}

function connect(to: 'model' | 'outside' = 'model', from = relay): Socket {
  const { modelUrl, outsideUrl } = from.addresses;
  const { port } = new URL(to === 'model' ? modelUrl : outsideUrl);
  const socket = createConnection({ port: Number(port), host: '127.0.0.1' });
  return socket.on('error', () => socket.destroy());
}

/** Nobody notices the end of a socket that nobody reads. */
const waitForClose = async (socket: Socket) => await once(socket.resume(), 'close');

const echo = (socket: Socket) => void socket.pipe(socket);

test.each(['model', 'outside'] as const)(
  'a connection to the port for %s reaches the host behind a line that names the run',
  async (to) => {
    await listen(echo);
    using _run = relay.openRun(TOKEN);
    const socket = connect(to);
    socket.end('GET / HTTP/1.1\r\n');
    const received = await text(socket);
    const [line = '', ...rest] = received.split('\n');
    expect(doorLineSchema.parse(JSON.parse(line))).toEqual({ v: 1, token: TOKEN, to });
    expect(line.length).toBeLessThan(DOOR_LINE_MAX_BYTES);
    expect(rest.join('\n')).toBe('GET / HTTP/1.1\r\n');
  },
);

test('without a run a connection is closed at once and the host hears of nothing', async () => {
  const heard: Socket[] = [];
  await listen((socket) => heard.push(socket));
  await waitForClose(connect());
  relay.openRun(TOKEN)[Symbol.dispose]();
  await waitForClose(connect());
  expect(heard).toEqual([]);
});

test('the end of a run closes its connections on both sides, also one that has said its last', async () => {
  const atHost = Promise.withResolvers<Socket>();
  await listen((socket) => {
    socket.once('data', () => atHost.resolve(socket));
  });
  const run = relay.openRun(TOKEN);
  const socket = connect();
  socket.end('x');
  socket.resume();
  const host = await atHost.promise;
  const closed = Promise.all([once(socket, 'close'), once(host.resume(), 'close')]);
  host.write('half an answer');
  await once(socket, 'data');
  run[Symbol.dispose]();
  host.end();
  await closed;
});

test('what was held for one run is not handed on in the next', async () => {
  const first = relay.openRun(TOKEN);
  const held = connect();
  await once(held, 'connect');
  first[Symbol.dispose]();
  using _next = relay.openRun('n'.repeat(43));
  await waitForClose(held);
});

test('while no host listens a connection is held, and the next host gets it', async () => {
  using _run = relay.openRun(TOKEN);
  const before = await listen(echo);
  before.close();
  await once(before, 'close');
  const socket = connect();
  socket.end('held');
  await once(socket, 'connect');
  await listen(echo);
  expect(await text(socket)).toMatch(/\nheld$/);
});

test('a connection that no host takes in time is closed', async () => {
  await using hasty = await startRelay({ maxConnections: 3, holdMs: 1 });
  using _run = hasty.openRun(TOKEN);
  await waitForClose(connect('model', hasty));
});

test('a program that goes away while it is held makes room for another', async () => {
  using _run = relay.openRun(TOKEN);
  const held = [connect(), connect(), connect()];
  for (const socket of held) await once(socket, 'connect');
  const refused = connect();
  await waitForClose(refused);
  for (const socket of held) socket.resetAndDestroy();
  await listen(echo);
  for (;;) {
    const socket = connect();
    socket.end('x');
    if ((await text(socket).catch(() => '')) !== '') break;
  }
});

test('a large answer to a slow reader stays with the host instead of in memory', async () => {
  const size = 64 * 1024 * 1024;
  const written = { bytes: 0, isBlocked: Promise.withResolvers<void>() };
  await listen((socket) => {
    socket.resume();
    const chunk = Buffer.alloc(1024 * 1024);
    const fill = () => {
      while (written.bytes < size) {
        written.bytes += chunk.length;
        if (socket.write(chunk)) continue;
        written.isBlocked.resolve();
        socket.once('drain', fill);
        return;
      }
      socket.end();
    };
    fill();
  });
  using _run = relay.openRun(TOKEN);
  const socket = connect();
  socket.write('x');
  await written.isBlocked.promise;
  expect(written.bytes).toBeLessThan(size / 2);
  socket.end();
  expect((await buffer(socket)).length).toBe(size);
});

test('a host that breaks a connection breaks it for the program, and the next one works', async () => {
  const served = { count: 0 };
  await listen((socket) => {
    served.count += 1;
    if (served.count > 1) echo(socket);
    else socket.once('data', () => socket.destroy());
  });
  using _run = relay.openRun(TOKEN);
  const broken = connect();
  broken.write('x');
  await waitForClose(broken);
  const next = connect();
  next.end('again');
  expect(await text(next)).toContain('again');
});

test('only one run can be open', () => {
  using _run = relay.openRun(TOKEN);
  expect(() => relay.openRun(TOKEN)).toThrow('one run at a time');
});
