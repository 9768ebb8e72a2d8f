import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseHostRules } from '../core/egress-policy.ts';
import { OutsideWorld, readAll } from './outside-world.fixture.ts';

const LOOPBACK = { status: 'found', addresses: ['127.0.0.1'] } as const;

let world: OutsideWorld;

beforeEach(async () => {
  world = await OutsideWorld.start(['a.home:80', '127.0.0.1:80']);
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** The owner's service `echo.home` at a port of its own, which gives back what it gets. */
async function startOwn(serve: (socket: Socket) => void = (socket) => socket.pipe(socket)) {
  await world[Symbol.asyncDispose]();
  const first = await OutsideWorld.start();
  const { port, bytes } = await first.listen(serve);
  world = await OutsideWorld.start([`echo.home:${port}`]);
  world.names.set('echo.home', LOOPBACK);
  return { port, bytes, [Symbol.asyncDispose]: () => first[Symbol.asyncDispose]() };
}

test('a tunnel passes bytes both ways, those that came with its request too', async () => {
  await using own = await startOwn();
  const answer = await world.ask(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\nearly`);
  expect(answer).toBe('HTTP/1.1 200 Connection established\r\n\r\nearly');
  expect(world.denials).toEqual([]);
});

test('a tunnel carries a megabyte each way to its last byte', async () => {
  await using own = await startOwn();
  const body = 'x'.repeat(2 ** 20);
  const answer = await world.ask(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\n${body}`);
  expect(answer.endsWith(`\r\n\r\n${body}`)).toBe(true);
});

test('a server hears what a client says after it has ended its own half', async () => {
  const heard = Promise.withResolvers<string>();
  await using own = await startOwn((socket) => {
    socket.end('bye');
    void readAll(socket).then(heard.resolve);
  });
  const client = world.connect();
  client.write(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\n`);
  expect(await readAll(client)).toContain('bye');
  client.end('and then');
  expect(await heard.promise).toBe('and then');
});

test('a request for a whole URL reaches its server without the headers of the hop', async () => {
  const seen = Promise.withResolvers<string>();
  await using own = await startOwn((socket) => {
    socket.once('data', (chunk: Buffer) => seen.resolve(chunk.toString()));
    socket.end(
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nKeep-Alive: x\r\nContent-Length: 2\r\n\r\nok',
    );
  });
  const answer = await world.ask(
    `GET http://echo.home:${own.port}/a?b HTTP/1.1\r\nHost: other.test\r\nAccept: a/b\r\nProxy-Authorization: x\r\n` +
      'Connection: close, X-Hop\r\nX-Hop: 1\r\nUpgrade: websocket\r\n\r\n',
    true,
  );
  const request = (await seen.promise).toLowerCase();
  expect(request).toContain('get /a?b http/1.1\r\n');
  expect(request).toContain(`host: echo.home:${own.port}\r\n`);
  expect(request).toContain('accept: a/b\r\n');
  expect(request).not.toMatch(/other\.test|x-hop|proxy-auth|upgrade|keep-alive/);
  expect(answer).toContain('302 Found');
  expect(answer).toContain('location: http://127.0.0.1/');
  expect(answer).not.toContain('keep-alive: x');
  expect(answer.endsWith('ok')).toBe(true);
});

test('the body of a request is passed on, in one piece or in chunks', async () => {
  await using own = await startOwn((socket) => {
    let request = '';
    socket.on('data', (chunk: Buffer) => {
      request += chunk.toString();
      if (!request.includes('last')) return;
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${request.length}\r\n\r\n${request}`);
    });
  });
  const head = `POST http://echo.home:${own.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`;
  expect(await world.ask(`${head}Content-Length: 4\r\n\r\nlast`, true)).toContain('\r\n\r\nlast');
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nlast\r\n0\r\n\r\n`;
  expect(await world.ask(chunked, true)).toContain('\r\n\r\n4\r\nlast');
});

test.each([
  ['CONNECT 127.0.0.1:{port}', '127.0.0.1'],
  ['CONNECT 0x7f.1:{port}', '127.0.0.1'],
  ['CONNECT [::ffff:127.0.0.1]:{port}', '::ffff:7f00:1'],
  ['CONNECT evil.test:{port}', 'evil.test'],
  ['GET http://evil.test:{port}/', 'evil.test'],
  ['GET http://2130706433:{port}/', '127.0.0.1'],
])('%s, for %s, reaches nothing of this machine', async (line, host) => {
  const { port, bytes } = await world.listen((socket) => socket.end('secret'));
  world.names.set('evil.test', LOOPBACK);
  const answer = await world.ask(
    `${line.replace('{port}', String(port))} HTTP/1.1\r\nHost: x\r\n\r\n`,
    true,
  );
  expect(answer).toContain('HTTP/1.1 403 Forbidden');
  expect(answer).toContain('EGRESS_PRIVATE_HOSTS');
  expect(answer).not.toContain('secret');
  expect(bytes()).toBe(0);
  expect(world.denials).toEqual([{ host, port, reason: 'private_address' }]);
});

test('what the policy does not allow is refused with a sentence, and noted', async () => {
  world.policy = { kind: 'allowlist', hosts: parseHostRules(['example.org']) };
  const answer = await world.ask('CONNECT other.test:443 HTTP/1.1\r\n\r\n', true);
  expect(answer).toContain('403');
  expect(answer).toContain('does not allow other.test:443');
  expect(world.denials).toEqual([{ host: 'other.test', port: 443, reason: 'policy' }]);
});

test('a policy that a person changes holds for the next connection', async () => {
  await using own = await startOwn();
  const request = `CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\n`;
  expect(await world.ask(request)).toContain('200');
  world.policy = { kind: 'model-only' };
  expect(await world.ask(request, true)).toContain('403');
});

test('a policy that a person tightens closes what it no longer allows, and nothing else', async () => {
  const ended = Promise.withResolvers<void>();
  await using own = await startOwn((socket) => {
    socket.once('close', () => ended.resolve());
    socket.pipe(socket);
  });
  const client = world.connect();
  const heard = Promise.withResolvers<void>();
  let answer = '';
  client.on('data', (chunk) => {
    answer += String(chunk);
    if (answer.endsWith('ping')) {
      world.changePolicy({ kind: 'allowlist', hosts: parseHostRules([`echo.home:${own.port}`]) });
      client.write('pong');
    }
    if (answer.endsWith('pong')) heard.resolve();
  });
  client.write(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\nping`);
  await heard.promise;
  expect(world.denials).toEqual([]);
  world.changePolicy({ kind: 'allowlist', hosts: parseHostRules(['other.test']) });
  await once(client, 'end');
  await ended.promise;
  expect(world.denials).toEqual([{ host: 'echo.home', port: own.port, reason: 'policy' }]);
});

test('a connection that is being opened when the policy is tightened does not open', async () => {
  await using own = await startOwn();
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<typeof LOOPBACK>();
  const { names } = world;
  const get = names.get.bind(names);
  await world[Symbol.asyncDispose]();
  world = await OutsideWorld.start([`echo.home:${own.port}`], {
    resolveOwnName: async (name) => {
      asked.resolve();
      await answered.promise;
      return get(name) ?? { status: 'unknown' };
    },
  });
  const answer = world.ask(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\n`, true);
  await asked.promise;
  world.changePolicy({ kind: 'model-only' });
  answered.resolve(LOOPBACK);
  expect(await answer).toBe('');
  expect(own.bytes()).toBe(0);
});

test('what has closed, or was refused, follows the policy no more', async () => {
  await using own = await startOwn((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'));
  await world.ask(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\n`);
  await world.ask('CONNECT nothing.test:443 HTTP/1.1\r\n\r\n', true);
  const url = `GET http://echo.home:${own.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
  expect(await world.ask(url, true)).toContain('204');
  expect(world.followers).toBe(0);
});

test('a name that does not exist is told so, and is no denial', async () => {
  const answer = await world.ask('CONNECT nothing.test:443 HTTP/1.1\r\n\r\n', true);
  expect(answer).toContain('502');
  expect(answer).toContain('There is no host nothing.test.');
  expect(world.denials).toEqual([]);
});

test.each([
  ['a user before the host', 'CONNECT user@127.0.0.1:80 HTTP/1.1\r\n\r\n'],
  ['control characters', 'CONNECT \u001b]0;evil:80 HTTP/1.1\r\n\r\n'],
  ['a request to the proxy itself', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'],
  ['a user in a URL', 'GET http://a:b@127.0.0.1/ HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['another protocol', 'GET https://example.org/ HTTP/1.1\r\nHost: x\r\n\r\n'],
  [
    'a length and chunks',
    'POST http://a.home/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
  ],
  ['no HTTP', '\u0016\u0003\u0001\u0002'],
  ['a huge header', `GET http://a.home/ HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
])('%s is answered with what a proxy can do', async (_name, request) => {
  const answer = await world.ask(request, true);
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain('CONNECT host:port');
  for (const { host } of world.denials) expect(host).toMatch(/^[ -~]{0,300}$/);
});

test('what is told of a host that is none holds no password and no path', async () => {
  for (const url of ['http://ann:secret@x.test/?key=secret', 'https://x.test/secret', '/secret']) {
    await world.ask(`GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`, true);
  }
  const denial = { host: 'x.test', port: 0, reason: 'bad_host' };
  expect(world.denials).toEqual([denial, denial]);
});

test('a name is asked for once: what a name server says after the judgement does not matter', async () => {
  await using own = await startOwn();
  let asked = 0;
  const resolve = world.names.get.bind(world.names);
  world.names.get = (name) => {
    asked += 1;
    return asked === 1 ? resolve(name) : { status: 'found', addresses: ['127.0.0.9'] };
  };
  const answer = await world.ask(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\nping`);
  expect(answer).toContain('ping');
  expect(asked).toBe(1);
});

test("with the end of a run its tunnels close, on the server's side too", async () => {
  const ended = Promise.withResolvers<void>();
  await using own = await startOwn((socket) => {
    socket.once('close', () => ended.resolve());
    socket.pipe(socket);
  });
  const client = world.connect();
  client.write(`CONNECT echo.home:${own.port} HTTP/1.1\r\n\r\nping`);
  await once(client, 'data');
  world.run.abort();
  await once(client, 'end');
  await ended.promise;
  // A connection that comes too late ends at once.
  await once(world.connect().resume(), 'end');
});

test('a client that goes while a server thinks leaves no connection behind', async () => {
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  await using own = await startOwn((socket) => {
    socket.once('data', () => asked.resolve());
    socket.once('end', () => ended.resolve());
  });
  const client = world.connect();
  client.write(`GET http://echo.home:${own.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  await asked.promise;
  client.destroy();
  await ended.promise;
});

test('a tunnel in which nothing is said is closed', async () => {
  await using own = await startOwn();
  const { port } = own;
  await world[Symbol.asyncDispose]();
  world = await OutsideWorld.start([`echo.home:${port}`], { idleMs: 50 });
  world.names.set('echo.home', LOOPBACK);
  const answer = await world.ask(`CONNECT echo.home:${port} HTTP/1.1\r\n\r\n`, true);
  expect(answer).toContain('200');
});

test('a server that refuses, or breaks off, is told of as such', async () => {
  await using own = await startOwn((socket) => socket.resetAndDestroy());
  const answer = await world.ask(
    `GET http://echo.home:${own.port}/ HTTP/1.1\r\nHost: x\r\n\r\n`,
    true,
  );
  expect(answer).toContain('502');
  expect(answer).toContain('could not be reached, or broke off');
});
