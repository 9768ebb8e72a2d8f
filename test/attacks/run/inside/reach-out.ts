/** Runs in the hostile group's container: tries every way out and prints what came of it. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';

interface Targets {
  readonly host: string;
  readonly port: number;
  readonly loopbackPort: number;
  readonly udpPort: number;
  readonly secret: string;
}

const LIMIT_MS = 4_000;
const ANSWER_CHARS = 2_000;
const DOOR = '/run/deckhand/door.sock';
const targets = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Targets;
const { host, port, loopbackPort, udpPort, secret } = targets;

/** What comes back, or why nothing does. */
function exchange(where: NetConnectOpts, ...parts: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(where);
    const end = (why: string) => {
      socket.destroy();
      resolve(heard || why);
    };
    socket.setTimeout(LIMIT_MS, () => end('no answer'));
    socket.on('error', ({ message }) => end(message)).on('close', () => end('closed'));
    socket.on('data', (chunk) => {
      heard = (heard + String(chunk)).slice(0, ANSWER_CHARS);
      // What a tunnel leads to speaks only when it is asked.
      const next = rest.shift();
      if (next !== undefined) socket.write(next);
    });
    const rest = [...parts];
    socket.write(rest.shift() ?? '');
  });
}

function throughDoor(...parts: readonly string[]): Promise<string> {
  const line = `${JSON.stringify({ v: 1, token: process.env['RUN_TOKEN'], to: 'outside' })}\n`;
  const [first = '', ...rest] = parts;
  return exchange({ path: DOOR }, line + first, ...rest);
}

function sendDatagram(): Promise<string> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => end('no answer'), LIMIT_MS);
    const end = (said: string) => {
      clearTimeout(timer);
      socket.close();
      resolve(said);
    };
    socket.on('error', ({ message }) => end(message));
    socket.on('message', (text) => end(String(text)));
    socket.send('out', udpPort, host);
  });
}

const GET = 'GET / HTTP/1.0\r\n\r\n';
const decimal = host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const places = [
  `${host}:${port}`,
  `${decimal}:${port}`,
  `[::ffff:${host}]:${port}`,
  `127.0.0.1:${loopbackPort}`,
  `0x7f.1:${loopbackPort}`,
  `0.0.0.0:${loopbackPort}`,
  `localhost:${loopbackPort}`,
  `[::1]:${loopbackPort}`,
  '169.254.169.254:80',
  '[fd00:ec2::254]:80',
];
const ways: readonly (readonly [string, Promise<string>])[] = [
  ["a socket to the host's address", exchange({ host, port }, GET)],
  ["the host's address as IPv6", exchange({ host: `::ffff:${host}`, port }, GET)],
  ["the host's loopback", exchange({ host: '127.0.0.1', port: loopbackPort }, GET)],
  ['a datagram', sendDatagram()],
  ['the engine', exchange({ path: '/var/run/docker.sock' }, 'GET /info HTTP/1.0\r\n\r\n')],
  ...places.flatMap((place): [string, Promise<string>][] => [
    [
      `a tunnel to ${place}`,
      throughDoor(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n\r\n`, GET),
    ],
    [
      `the proxy to ${place}`,
      throughDoor(`GET http://${place}/ HTTP/1.1\r\nHost: ${place}\r\n\r\n`),
    ],
  ]),
];

const attempts = await Promise.all(
  ways.map(async ([name, way]) => {
    const said = await way;
    return { name, isThrough: said.includes(secret), said: said.slice(0, 160) };
  }),
);
process.stdout.write(JSON.stringify(attempts));
