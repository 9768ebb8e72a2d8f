import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readDoorLine } from './door-line.ts';

const TOKEN = 'a'.repeat(43);
const LINE = `${JSON.stringify({ v: 1, token: TOKEN, to: 'model' })}\n`;

test('a connection that does not say whose it is within the time has no line', async () => {
  const socket = new PassThrough();
  socket.write(LINE.slice(0, -1));
  expect(await readDoorLine(socket, 5)).toBeUndefined();
});

test('bytes behind the line are there for who serves the connection', async () => {
  const socket = new PassThrough();
  socket.write(`${LINE}first`);
  expect(await readDoorLine(socket, 60_000)).toEqual({ v: 1, token: TOKEN, to: 'model' });
  expect(socket.isPaused()).toBe(true);
  socket.write(' second');
  const heard = once(socket, 'data');
  socket.resume();
  expect(String((await heard)[0])).toBe('first');
});

test('a connection that breaks has no line', async () => {
  const socket = new PassThrough();
  const line = readDoorLine(socket, 60_000);
  socket.destroy();
  expect(await line).toBeUndefined();
});
