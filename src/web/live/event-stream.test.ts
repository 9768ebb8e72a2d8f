import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Containers } from '../ports.ts';
import { WebWorld } from '../web-world.fixture.ts';
import { Changes } from './changes.ts';
import { EventStream } from './event-stream.ts';

let world: WebWorld;
const open: IncomingMessage[] = [];
beforeEach(async () => {
  world = await WebWorld.open();
});
afterEach(async () => {
  for (const stream of open.splice(0)) stream.destroy();
  await world[Symbol.asyncDispose]();
});

async function connect(
  path = '/events',
  headers: Record<string, string> = {},
): Promise<IncomingMessage> {
  const stream = await world.open('GET', path, { cookie: world.cookie, ...headers });
  // A connection that is cut is what some of these tests are about.
  stream.on('error', () => undefined);
  open.push(stream);
  return stream;
}

/** Reads until the text matches, and gives all of it. */
function readUntil(stream: IncomingMessage, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const take = (chunk: unknown) => {
      text += String(chunk);
      if (!pattern.test(text)) return;
      stream.off('data', take);
      resolve(text);
    };
    stream.on('data', take);
  });
}

async function markOfPage(): Promise<string> {
  const { body } = await world.get('/link');
  return /data-changes="([^"]+)"/.exec(body)?.[1] ?? '';
}

test('a page hears of what changes after it was made, and of nothing before', async () => {
  const earlier = await connect(`/events?after=${await markOfPage()}`);
  world.console.note('groups');
  await readUntil(earlier, /data: groups/);
  const stream = await connect(`/events?after=${await markOfPage()}`);
  expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
  const hello = readUntil(stream, /hello/);
  expect(await hello).toBe('retry: 2000\n: hello\n\n');
  world.console.setLink({ status: 'code', qr: '2@secret' });
  const told = await readUntil(stream, /\n\n/);
  expect(told).toMatch(/^id: [0-9a-f]{8}-\d+\nevent: changed\ndata: link\n\n$/);
});

test('what changes while a page is being made is told to it', async () => {
  const containers = Promise.withResolvers<Containers>();
  const asked = Promise.withResolvers<void>();
  world.showHost({
    readContainers() {
      asked.resolve();
      return containers.promise;
    },
  });
  const watcher = await connect(`/events?after=${await markOfPage()}`);
  const page = world.get('/');
  await asked.promise;
  world.console.note('runs');
  await readUntil(watcher, /data: runs/);
  containers.resolve({ status: 'none' });
  const mark = /data-changes="([^"]+)"/.exec((await page).body)?.[1] ?? '';
  expect(await readUntil(await connect(`/events?after=${mark}`), /data: /)).toContain('data: runs');
});

test('who asks only for the headers takes no place', async () => {
  for (let count = 0; count < 33; count += 1) {
    const { status } = await world.send('HEAD', '/events', { cookie: world.cookie });
    expect(status).toBe(200);
  }
  expect((await connect()).statusCode).toBe(200);
});

test('who was cut off gets what was missed, by the id of the last event', async () => {
  const stream = await connect(`/events?after=${await markOfPage()}`);
  world.console.note('runs');
  const told = await readUntil(stream, /data: runs/);
  stream.destroy();
  const last = /id: (\S+)\nevent: changed\ndata: runs/.exec(told)?.[1] ?? '';
  world.console.note('tasks');
  const again = await connect('/events?after=ignored', { 'last-event-id': last });
  const missed = await readUntil(again, /data: tasks/);
  expect(missed).not.toContain('data: runs');
});

test('a place is free again when its page has gone', async () => {
  const streams: IncomingMessage[] = [];
  for (let count = 0; count < 32; count += 1) streams.push(await connect());
  const busy = await world.get('/events');
  expect(busy).toMatchObject({ status: 503, body: expect.stringContaining('Close some') });
  streams[0]?.destroy();
  let status = 503;
  while (status === 503) {
    const next = await connect();
    status = next.statusCode ?? 0;
  }
  expect(status).toBe(200);
});

test('a reader that reads nothing is owed one event per topic, however much changes', async () => {
  const calls: (() => void)[] = [];
  const changes = new Changes((_delay, call) => {
    calls.push(call);
    return () => undefined;
  });
  const never = () => () => undefined;
  const stream = new EventStream({ changes, after: never, mark: changes.mark, onClose: never });
  for (let round = 0; round < 1_000; round += 1) {
    changes.note(round % 2 === 0 ? 'runs' : 'log');
    for (const call of calls.splice(0)) call();
  }
  const reader = stream.body.getReader();
  const chunks = [await reader.read(), await reader.read()];
  const text = chunks.map(({ value }) => new TextDecoder().decode(value)).join('');
  expect(text.match(/^data: .*$/gm)).toEqual(['data: runs', 'data: log']);
  stream.close();
  expect((await reader.read()).done).toBe(true);
});

test('open pages are told goodbye when the console ends', async () => {
  const stream = await connect();
  stream.resume();
  const ended = once(stream, 'end');
  await world[Symbol.asyncDispose]();
  await ended;
});
