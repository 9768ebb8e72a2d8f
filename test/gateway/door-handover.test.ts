import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DOOR_SOCKET } from '@deckhand/protocol';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Relay } from '../../container/agent-runner/src/relay/relay.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { createLogger } from '../../src/logger.ts';
import type { Gateway, GatewayEntry } from '../../src/ports.ts';

/** Fewer than a relay lets through at once. */
const PROGRAMS = 40;

let root: string;
let cleanUp: AsyncDisposableStack;
beforeEach(async () => {
  cleanUp = new AsyncDisposableStack();
  root = await mkdtemp(join(tmpdir(), 'deckhand-handover-'));
  cleanUp.defer(() => rm(root, { recursive: true }));
});
afterEach(() => cleanUp[Symbol.asyncDispose]());

/** A host whose model gives back what it gets. */
function openHost(): Gateway {
  const gateway = createGateway({
    doorFolder: (folder) => join(root, folder),
    key: 'a secret of the installation',
    serves: () => true,
    openModel: () => ({
      serve: (socket) => void socket.pipe(socket),
      settle: (outcome) => outcome,
      [Symbol.dispose]: () => undefined,
    }),
    serveOutside: ({ socket }) => socket.destroy(),
    policyOf: () => ({ kind: 'model-only' }),
    onDenied: () => undefined,
    logger: createLogger('silent'),
  });
  return cleanUp.use(gateway);
}

function entryOf(folder: string): GatewayEntry {
  return {
    attemptId: `run-of-${folder}`,
    runId: `run-of-${folder}`,
    group: registeredGroupSchema.parse({ jid: '1@g.us', name: folder, folder }),
    route: { ref: { provider: 'openai', model: 'm' }, name: 'openai/m', agent: 'codex' },
    credential: { ok: true, secrets: {}, onRefused: () => Promise.resolve('over') },
    isAdopted: true,
  };
}

/** A program of the container: connected to the relay, and what comes back to it. */
async function startProgram(relay: Relay, index: number): Promise<{ answer: Promise<string> }> {
  const { port } = new URL(relay.addresses.modelUrl);
  const socket = createConnection({ port: Number(port), host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.end(`program ${index}`);
  return { answer: text(socket) };
}

test('what the programs of a run ask while its host is replaced comes to the next host, which closes none of it', async () => {
  const before = openHost();
  const { access } = await before.admit(entryOf('family'));
  const folder = join(root, 'family');
  const relay = cleanUp.use(
    await Relay.start({ folder, hasOwnPorts: false }, (line) => expect.fail(line)),
  );
  using _run = relay.openRun(access.token);
  await before[Symbol.asyncDispose]();

  const indexes = Array.from({ length: PROGRAMS }, (_, index) => index);
  const programs = await Promise.all(indexes.map((index) => startProgram(relay, index)));
  const next = openHost();
  // It knows other groups first: a door without the run behind it would close what it does not know.
  await next.admit(entryOf('work'));
  expect(existsSync(join(folder, DOOR_SOCKET))).toBe(false);
  expect((await next.admit(entryOf('family'))).access).toEqual(access);
  const answers = await Promise.all(programs.map(({ answer }) => answer));
  expect(answers).toEqual(indexes.map((index) => `program ${index}`));
});
