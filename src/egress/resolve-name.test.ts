import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cacheNames } from './name-cache.ts';
import { createDnsResolver, lookUpOwnName } from './resolve-name.ts';

const TYPE_A = 1;
const NO_SUCH_NAME = 3;
/** Header, and the answer's fixed part: a pointer to the question's name, type A, class IN, an hour, 4 bytes. */
const HEADER_BYTES = 12;
const ANSWER = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0x0e, 0x10, 0, 4, 192, 0, 2, 7];

let server: ReturnType<typeof createSocket>;
let asked: number;
/** What the name server does with a question of type A. */
let behaviour: 'answers' | 'knows_nothing' | 'is_silent';
/** How many addresses it says. */
let addresses: number;

beforeEach(async () => {
  asked = 0;
  behaviour = 'answers';
  addresses = 1;
  server = createSocket('udp4', (question, { port }) => {
    asked += 1;
    if (behaviour === 'is_silent') return;
    server.send(answerTo(question, behaviour === 'answers'), port, '127.0.0.1');
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => server.close());

function answerTo(question: Buffer, isKnown: boolean): Buffer {
  const end = question.indexOf(0, HEADER_BYTES) + 5;
  const isA = question.readUInt16BE(end - 4) === TYPE_A;
  const hasAnswer = isKnown && isA;
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(0x8180 | (isKnown ? 0 : NO_SUCH_NAME), 2);
  const answers = Array.from({ length: hasAnswer ? addresses : 0 }, () => Buffer.from(ANSWER));
  head.writeUInt16BE(answers.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...answers]);
}

function createResolver(timeoutMs = 5_000) {
  const servers = [`127.0.0.1:${server.address().port}`];
  return createDnsResolver({ servers, timeoutMs, tries: 1 });
}

const { signal } = new AbortController();

test('a name has the addresses that the name server says', async () => {
  expect(await createResolver()('example.test', signal)).toEqual({
    status: 'found',
    addresses: ['192.0.2.7'],
  });
});

test('of the addresses that a name server of somebody else says, the first few are taken', async () => {
  addresses = 100;
  const found = await createResolver()('example.test', signal);
  expect(found.status === 'found' && found.addresses).toHaveLength(16);
});

test('a name that the name server does not know is unknown', async () => {
  behaviour = 'knows_nothing';
  expect(await createResolver()('example.test', signal)).toEqual({ status: 'unknown' });
});

test('a name server that is silent fails the lookup', async () => {
  behaviour = 'is_silent';
  expect(await createResolver(50)('example.test', signal)).toEqual({ status: 'failed' });
});

test('the end of a run ends its lookups', async () => {
  behaviour = 'is_silent';
  const run = new AbortController();
  const resolving = createResolver(600_000)('example.test', run.signal);
  await once(server, 'message');
  run.abort();
  expect(await resolving).toEqual({ status: 'failed' });
});

test('a run asks for a name once in a minute, another run for itself', async () => {
  let time = 0;
  const resolve = cacheNames(createResolver(), () => time);
  const [one, same] = await Promise.all([resolve('a.test', signal), resolve('a.test', signal)]);
  expect(same).toBe(one);
  const perName = asked;
  await resolve('a.test', signal);
  expect(asked).toBe(perName);
  await resolve('a.test', new AbortController().signal);
  expect(asked).toBe(2 * perName);
  time = 60_000;
  await resolve('a.test', signal);
  expect(asked).toBe(3 * perName);
});

test('what nobody could say is asked for again', async () => {
  behaviour = 'is_silent';
  const resolve = cacheNames(createResolver(50), () => 0);
  expect(await resolve('a.test', signal)).toEqual({ status: 'failed' });
  behaviour = 'answers';
  expect(await resolve('a.test', signal)).toMatchObject({ status: 'found' });
});

test("the owner's names are those of this machine", async () => {
  const found = await lookUpOwnName('localhost', signal);
  expect(found.status === 'found' && found.addresses.length > 0).toBe(true);
});
