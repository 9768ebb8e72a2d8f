import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Agents } from '../../src/app/agents.ts';
import { type HostConsole, openConsole } from '../../src/app/console.ts';
import { serveWithConsole } from '../../src/app/console-serve.ts';
import { createLogger } from '../../src/logger.ts';
import { sessionOf } from '../../src/web/security/token.ts';
import { projectRoot } from '../docker/engine.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { FakeRunner } from '../fakes/fake-runner.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';

const logger = createLogger('silent');
let world: LoopbackWorld;
let pages: HostConsole;
beforeEach(async () => {
  world = await LoopbackWorld.start({ runtime: 'process', reach: LOOPBACK_REACH, projectRoot });
  pages = await openConsole(world.config, { port: 0, logger });
});
afterEach(async () => {
  await pages[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

/** Agents that take as long to be prepared as it takes to build an image. */
function slowAgents() {
  const preparing = Promise.withResolvers<void>();
  const prepared = Promise.withResolvers<void>();
  const agents: Agents = {
    runner: new FakeRunner(),
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare(_folders, signal) {
      signal.addEventListener('abort', () => prepared.reject(signal.reason));
      preparing.resolve();
      return prepared.promise;
    },
  };
  return { agents, preparing: preparing.promise, fail: prepared.reject };
}

async function visit(path: string): Promise<Response> {
  const { port, address } = pages.web;
  const session = sessionOf(new URL(address).searchParams.get('token') ?? '');
  const headers = { cookie: `deckhand_${port}=${session}` };
  return fetch(`http://127.0.0.1:${port}${path}`, { headers });
}

async function read(path: string): Promise<string> {
  return (await visit(path)).text();
}

/** Reads a page as often as something changes, until it matches. */
async function readUntil(path: string, pattern: RegExp): Promise<string> {
  const { body: events } = await visit('/events?after=');
  for await (const _event of events ?? []) {
    const page = await read(path);
    if (pattern.test(page)) return page;
  }
  throw new Error('the console ended');
}

test('while a linked host builds its image, no page says that no phone is linked', async (context) => {
  await world.link(context.signal);
  const { agents, preparing } = slowAgents();
  const stop = new AbortController();
  const served = serveWithConsole(
    world.config,
    { projectRoot, logger, agents },
    pages,
    stop.signal,
  );
  await preparing;
  expect(await read('/link')).toContain('The host is starting.');
  expect(await read('/')).not.toContain('No phone is linked');
  stop.abort();
  await expect(served).rejects.toBe(stop.signal.reason);
});

test('a code that was used is not shown while the host starts', async () => {
  const { agents, preparing } = slowAgents();
  const stop = new AbortController();
  const overrides = {
    projectRoot,
    logger,
    // A host that ends disposes its runner: each one gets another.
    get agents() {
      return { ...agents, runner: new FakeRunner() };
    },
  };
  const served = serveWithConsole(world.config, overrides, pages, stop.signal);
  const page = await readUntil('/link', /data-code="/);
  expect(await read('/')).toContain('No phone is linked');
  await world.whatsapp.scanQr(/data-code="([^"]+)"/.exec(page)?.[1] ?? '');
  await preparing;
  expect(await read('/link')).toContain('The host is starting.');
  expect(await read('/link')).not.toContain('data-code');
  stop.abort();
  await expect(served).rejects.toBe(stop.signal.reason);
});

test('a host that cannot start ends with its reason, and leaves nothing open', async (context) => {
  await world.link(context.signal);
  const { agents, preparing, fail } = slowAgents();
  const overrides = { projectRoot, logger, agents };
  const served = serveWithConsole(world.config, overrides, pages, new AbortController().signal);
  await preparing;
  fail(new Error('no engine'));
  await expect(served).rejects.toThrow('no engine');
  expect(await read('/groups')).toContain('The host is not serving yet.');
  // Another host could start.
  await using again = await openConsole(world.config, { port: 0, logger });
  expect(existsSync(again.paths.consoleToken)).toBe(true);
});

test('the host stops while it shows a code, and while it waits for a person', async (context) => {
  const stop = new AbortController();
  const overrides = { projectRoot, logger };
  const served = serveWithConsole(world.config, overrides, pages, stop.signal);
  await readUntil('/link', /data-code="/);
  stop.abort();
  await served;
  await world.link(context.signal);
  const other = new AbortController();
  const servedAgain = serveWithConsole(world.config, overrides, pages, other.signal);
  await readUntil('/link', /A phone is linked/);
  await world.whatsapp.waitForConnection(context.signal);
  world.whatsapp.faults.logOut();
  await readUntil('/link', /Show a new code/);
  other.abort();
  await servedAgain;
});
