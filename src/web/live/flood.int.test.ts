import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { WebWorld } from '../web-world.fixture.ts';

test('of 10,000 connections only a few stay open, and the pages go on', async () => {
  await using world = await WebWorld.open();
  const open: IncomingMessage[] = [];
  let kept = 0;
  let refused = 0;
  const attempt = async () => {
    try {
      const stream = await world.open('GET', '/events', { cookie: world.cookie });
      open.push(stream);
      stream.on('error', () => undefined);
      if (stream.statusCode === 200) kept += 1;
      else refused += 1;
      stream.resume();
    } catch (error) {
      // More than the server takes at once are cut before they have asked.
      if (!(error instanceof Error && 'code' in error)) throw error;
      refused += 1;
    }
  };
  for (let batch = 0; batch < 100; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, attempt));
  }
  expect({ kept, refused }).toEqual({ kept: 32, refused: 9_968 });
  expect((await world.get('/')).status).toBe(200);
  for (const stream of open) stream.destroy();
});
