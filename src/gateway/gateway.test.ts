import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DOOR_LINE_MAX_BYTES } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressDenial } from '../core/egress.ts';
import { registeredGroupSchema } from '../core/group.ts';
import { createLogger } from '../logger.ts';
import type { Gateway, GatewayEntry, OutsideRequest } from '../ports.ts';
import { createGateway } from './gateway.ts';

let root: string;
let gateways: Gateway[];
let outside: OutsideRequest[];
let denials: [string, EgressDenial][];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'deckhand-gateway-'));
  gateways = [];
  outside = [];
  denials = [];
});
afterEach(async () => {
  for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const doorFolder = (folder: string) => join(root, 'gateway', folder);
const doorOf = (folder: string) => join(doorFolder(folder), 'door.sock');

/** Its model says what it hears, with a word before. */
function openGateway(key = 'a secret of the installation', folderOf = doorFolder): Gateway {
  const gateway = createGateway({
    doorFolder: folderOf,
    key,
    serves: () => true,
    openModel: (entry) => ({
      serve(socket: Duplex) {
        socket.write(`model of ${entry.attemptId}: `);
        socket.pipe(socket);
      },
      settle: (outcome) => outcome,
      [Symbol.dispose]: () => undefined,
    }),
    serveOutside: (request) => {
      outside.push(request);
      request.socket.end('outside');
    },
    policyOf: () => ({ kind: 'model-only' }),
    onDenied: (entry, denial) => denials.push([entry.attemptId, denial]),
    logger: createLogger('silent'),
  });
  gateways.push(gateway);
  return gateway;
}

function entryOf(attemptId: string, folder = 'family'): GatewayEntry {
  return {
    attemptId,
    runId: attemptId,
    group: registeredGroupSchema.parse({ jid: '1@g.us', name: folder, folder }),
    route: {
      ref: { provider: 'openai', model: 'gpt-5.5' },
      name: 'openai/gpt-5.5',
      agent: 'codex',
    },
    credential: { ok: true, secrets: {}, onRefused: () => Promise.resolve('over') },
  };
}

const lineFor = (token: string, to = 'model') => `${JSON.stringify({ v: 1, token, to })}\n`;

async function connect(path: string): Promise<Socket> {
  const socket = createConnection(path);
  await once(socket, 'connect');
  return socket;
}

/** What comes back to bytes that are sent through a door, until it closes. */
async function exchange(path: string, ...chunks: readonly string[]): Promise<string> {
  const socket = await connect(path);
  const answer = text(socket);
  for (const chunk of chunks) await new Promise((done) => socket.write(chunk, done));
  socket.end();
  return await answer;
}

test('a connection with the token of an attempt comes to its model, whatever pieces it arrives in', async () => {
  const { access } = await openGateway().admit(entryOf('run-1'));
  const line = lineFor(access.token);
  expect(await exchange(doorOf('family'), `${line}hello`)).toBe('model of run-1: hello');
  expect(await exchange(doorOf('family'), line, 'hello')).toBe('model of run-1: hello');
  expect(await exchange(doorOf('family'), ...line.split(/(?=["}])/), 'hel', 'lo')).toBe(
    'model of run-1: hello',
  );
});

test('a connection to the outside is handed on with the policy and with who is told of denials', async () => {
  using admission = await openGateway().admit(entryOf('run-1'));
  const answer = await exchange(doorOf('family'), lineFor(admission.access.token, 'outside'));
  expect(answer).toBe('outside');
  const [request] = outside;
  expect(request?.policy()).toEqual({ kind: 'model-only' });
  request?.onDenied({ host: 'example.org', port: 443, reason: 'policy' });
  expect(denials).toEqual([['run-1', { host: 'example.org', port: 443, reason: 'policy' }]]);
  expect(request?.signal.aborted).toBe(false);
  admission[Symbol.dispose]();
  expect(request?.signal.aborted).toBe(true);
});

test('whoever serves the outside hears of changed policies for as long as it wants', async () => {
  const gateway = openGateway();
  using admission = await gateway.admit(entryOf('run-1'));
  await exchange(doorOf('family'), lineFor(admission.access.token, 'outside'));
  let checks = 0;
  const following = outside[0]?.onPolicyChange(() => {
    checks += 1;
    following?.[Symbol.dispose]();
  });
  gateway.recheck();
  gateway.recheck();
  expect(checks).toBe(1);
});

test('two attempts of a group come to a model each', async () => {
  const gateway = openGateway();
  const first = await gateway.admit(entryOf('run-1'));
  const second = await gateway.admit(entryOf('run-2'));
  expect(await exchange(doorOf('family'), lineFor(second.access.token))).toBe('model of run-2: ');
  expect(await exchange(doorOf('family'), lineFor(first.access.token))).toBe('model of run-1: ');
  await expect(gateway.admit(entryOf('run-2'))).rejects.toThrow('admitted already');
});

test('T13: a door closes without a word for who has no token of an attempt that goes on there', async () => {
  const gateway = openGateway();
  const own = await gateway.admit(entryOf('run-1'));
  const other = await gateway.admit(entryOf('run-2', 'work'));
  const ended = await gateway.admit(entryOf('run-3'));
  ended[Symbol.dispose]();
  const { token } = own.access;
  const door = doorOf('family');
  expect(await exchange(door, lineFor(token), 'hello')).toBe('model of run-1: hello');
  const refused = [
    lineFor(other.access.token),
    lineFor(ended.access.token),
    lineFor('x'.repeat(43)),
    lineFor(`${token}A`),
    lineFor(token.slice(0, -1)),
    lineFor(token, 'anywhere'),
    `${JSON.stringify({ v: 2, token, to: 'model' })}\n`,
    `${JSON.stringify({ v: 1, token, to: 'model', folder: 'work' })}\n`,
    `${JSON.stringify({ v: 1, to: 'model' })}\n`,
    `${JSON.stringify([token])}\n`,
    '\n',
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    `\0\n${lineFor(token)}`,
    lineFor(token).trimEnd(),
    `${' '.repeat(DOOR_LINE_MAX_BYTES)}${lineFor(token)}`,
    '',
  ];
  for (const line of refused) expect([line, await exchange(door, line)]).toEqual([line, '']);
});

test('the end of an attempt closes its connections, and nobody else’s', async () => {
  const gateway = openGateway();
  const ending = await gateway.admit(entryOf('run-1'));
  const going = await gateway.admit(entryOf('run-2'));
  const [cut, kept] = [await connect(doorOf('family')), await connect(doorOf('family'))];
  cut.write(lineFor(ending.access.token));
  kept.write(lineFor(going.access.token));
  await Promise.all([once(cut, 'data'), once(kept, 'data')]);
  ending[Symbol.dispose]();
  await once(cut.resume(), 'close');
  kept.write('still here');
  const [heard] = await once(kept, 'data');
  expect(String(heard)).toBe('still here');
  kept.destroy();
});

test('a later host knows the token of an attempt that it adopts, another installation does not', async () => {
  const first = openGateway();
  const { access } = await first.admit(entryOf('run-1'));
  await first[Symbol.asyncDispose]();
  await expect(connect(doorOf('family'))).rejects.toThrow('ENOENT');
  const next = await openGateway().admit(entryOf('run-1'));
  expect(next.access).toEqual(access);
  expect(await exchange(doorOf('family'), lineFor(access.token))).toBe('model of run-1: ');
  const foreign = await openGateway('another secret', (folder) =>
    join(root, 'other', folder),
  ).admit(entryOf('run-1'));
  expect(foreign.access).not.toEqual(access);
});

test('a gateway that listens no more keeps those who are in, and lets nobody stand before a door that is dead', async () => {
  const gateway = openGateway();
  const admission = await gateway.admit(entryOf('run-1'));
  const kept = await connect(doorOf('family'));
  kept.write(lineFor(admission.access.token));
  await once(kept, 'data');
  await gateway.stopListening();
  await expect(connect(doorOf('family'))).rejects.toThrow('ENOENT');
  kept.write('still here');
  expect(String((await once(kept, 'data'))[0])).toBe('still here');
  admission[Symbol.dispose]();
  await once(kept.resume(), 'close');
});

test('a gateway that is closed opens no door', async () => {
  const gateway = openGateway();
  await gateway[Symbol.asyncDispose]();
  await expect(gateway.admit(entryOf('run-1'))).rejects.toThrow('the gateway is closed');
});

test('a door that could not be opened is tried again by the next attempt', async () => {
  writeFileSync(join(root, 'gateway'), 'in the way');
  const gateway = openGateway();
  await expect(gateway.admit(entryOf('run-1'))).rejects.toThrow(/EEXIST|ENOTDIR/);
  rmSync(join(root, 'gateway'));
  const { access } = await gateway.admit(entryOf('run-1'));
  expect(await exchange(doorOf('family'), lineFor(access.token))).toBe('model of run-1: ');
});

test('what a killed host left where the socket belongs is no hindrance', async () => {
  mkdirSync(doorFolder('work'), { recursive: true });
  writeFileSync(doorOf('work'), '');
  const { access } = await openGateway().admit(entryOf('run-1', 'work'));
  expect(await exchange(doorOf('work'), lineFor(access.token))).toBe('model of run-1: ');
});

test('T20: only this user comes to the doors of other groups, and each agent user can use its own', async () => {
  await openGateway().admit(entryOf('run-1'));
  const mode = (path: string) => statSync(path).mode & 0o777;
  expect(mode(join(root, 'gateway'))).toBe(0o700);
  expect(mode(doorFolder('family'))).toBe(0o755);
  expect(mode(doorOf('family'))).toBe(0o666);
});

test('a group whose path is longer than an address of a socket has a door all the same', async () => {
  const deep = (folder: string) => join(root, 'd'.repeat(60), 'e'.repeat(60), folder);
  const gateway = openGateway('key', deep);
  const { access } = await gateway.admit(entryOf('run-1'));
  const short = join(root, 'short');
  symlinkSync(deep('family'), short);
  expect(await exchange(join(short, 'door.sock'), lineFor(access.token))).toBe('model of run-1: ');
  await gateway[Symbol.asyncDispose]();
  await expect(connect(join(short, 'door.sock'))).rejects.toThrow('ENOENT');
});

test('a door serves 256 connections at a time', async () => {
  const { access } = await openGateway().admit(entryOf('run-1'));
  const sockets: Socket[] = [];
  for (let index = 0; index < 256; index++) {
    const socket = await connect(doorOf('family'));
    socket.write(lineFor(access.token));
    await once(socket, 'data');
    sockets.push(socket);
  }
  expect(await exchange(doorOf('family')).catch((error: unknown) => String(error))).not.toMatch(
    /model/,
  );
  const last = sockets.pop()!;
  await once(last.end(), 'close');
  expect(await exchange(doorOf('family'), lineFor(access.token))).toBe('model of run-1: ');
  for (const socket of sockets) socket.destroy();
});
