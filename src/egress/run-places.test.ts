import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { OutsideWorld, readAll } from './outside-world.fixture.ts';

const TUNNEL = 'CONNECT nothing.test:443 HTTP/1.1\r\n\r\n';
const urlOf = (name: string) => `GET http://${name}.test/ HTTP/1.1\r\nHost: x\r\n\r\n`;

let world: OutsideWorld;

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** A run with so many places. Names are unknown, which is told when `answer` is called and not before. */
async function startHeld(maxRequests: number) {
  const lookUps = new EventEmitter();
  const asked: string[] = [];
  const answered = Promise.withResolvers<{ status: 'unknown' }>();
  const resolveName = (name: string) => {
    asked.push(name);
    lookUps.emit('asked');
    return answered.promise;
  };
  world = await OutsideWorld.start([], { maxRequests, resolveName });
  return { asked, lookUps, answer: () => answered.resolve({ status: 'unknown' }) };
}

test('a request too many is refused; when one has ended another is served', async () => {
  const held = await startHeld(2);
  const waiting = [world.ask(TUNNEL, true), world.ask(TUNNEL, true)];
  while (held.asked.length < 2) await once(held.lookUps, 'asked');
  expect(await world.ask(TUNNEL, true)).toContain('503');
  expect(await world.ask(urlOf('nothing'), true)).toContain('503');
  held.answer();
  for (const answer of await Promise.all(waiting)) expect(answer).toContain('502');
  expect(await world.ask(TUNNEL, true)).toContain('502');
});

test('requests that come through one connection at once take a place each', async () => {
  const held = await startHeld(2);
  const client = world.connect();
  client.write(['a', 'b', 'c', 'd'].map(urlOf).join('') + TUNNEL);
  await readAll(client);
  expect(held.asked).toEqual(['a.test', 'b.test']);
});

test('a client that has gone leaves its place when what it wanted has come to an end', async () => {
  const held = await startHeld(1);
  await world.ask(urlOf('a'));
  expect(await world.ask(urlOf('b'), true)).toContain('503');
  expect(held.asked).toEqual(['a.test']);
  held.answer();
});

test('a connection with as many requests as a run may have warns nobody of a leak', async () => {
  const [first, warnings] = [await OutsideWorld.start(), new Array<string>()];
  const note = ({ name }: Error) => warnings.push(name);
  process.on('warning', note);
  const arrived = new EventEmitter();
  const asked: Socket[] = [];
  const { port } = await first.listen((socket) => arrived.emit('one', asked.push(socket)));
  world = await OutsideWorld.start([`127.0.0.1:${port}`]);
  const client = world.connect();
  client.write(`GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(64));
  while (asked.length < 64) await once(arrived, 'one');
  process.off('warning', note);
  await first[Symbol.asyncDispose]();
  expect(warnings).toEqual([]);
});
