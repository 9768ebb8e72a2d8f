import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabaseReadonly } from '../../../src/db/database.ts';
import { readWaCreds } from '../../../src/db/wa-keys.ts';
import { hostPaths } from '../../../src/paths.ts';
import { projectRoot } from '../../docker/engine.ts';
import type { Faults } from '../../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../world/model-reach.ts';
import { runCommand } from '../../world/run-command.ts';

const signal = new AbortController().signal;

let world: LoopbackWorld;
beforeEach(async () => {
  const env = { LOG_LEVEL: 'error' };
  world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot,
    env,
  });
  await world.link(signal);
});
afterEach(() => world[Symbol.asyncDispose]());

/** `deckhand start` as a process of its own. Resolves when it has ended. */
function startProcess(): Promise<unknown> {
  const child = spawn(process.execPath, [join(projectRoot, 'src', 'main.ts'), 'start'], {
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: world.config.home,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: world.whatsapp.url,
      TZ: 'UTC',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return once(child, 'exit');
}

/** A command of a person; `said` is what they read, in one line. */
async function sayCommand(command: string, stop = signal) {
  const { code, output } = await runCommand(world.config, [command], stop);
  return { code, said: output.replaceAll(/\s+/g, ' ') };
}

function readLog(): Promise<string> {
  return readFile(join(hostPaths(world.config.home).logs, 'host.log'), 'utf8');
}

/** The identity of the link, without what changes with each connection. */
function readIdentity(): unknown {
  const db = openDatabaseReadonly(hostPaths(world.config.home).database);
  const stored: unknown = JSON.parse(readWaCreds(db) ?? 'null');
  const keys = db.prepare('select count(*) from wa_keys').pluck().get();
  db.close();
  const { me, noiseKey, signedIdentityKey, advSecretKey } = stored as Record<string, unknown>;
  return { me, noiseKey, signedIdentityKey, advSecretKey, hasKeys: Number(keys) > 0 };
}

const refuseLogins = (reason: string) => (faults: Faults) => {
  faults.failLogins = reason;
  faults.dropConnections();
};

/** Connections after the one that the host had: none is tried once the server has said that it is over. */
test.each<[string, (faults: Faults) => void, number, RegExp]>([
  [
    '401 within a connection',
    (faults) => faults.logOut(),
    0,
    /unlinked this device.*deckhand link/,
  ],
  ['440', (faults) => faults.conflict(), 0, /another program.*only one Deckhand/],
  ['403 within a connection', (faults) => faults.streamError(403), 0, /blocked this account/],
  ['401 at login', refuseLogins('401'), 1, /unlinked this device.*deckhand link/],
  ['402 at login', refuseLogins('402'), 1, /banned this account.*Wait until/],
  ['403 at login', refuseLogins('403'), 1, /blocked this account.*Open WhatsApp/],
  ['463 at login', refuseLogins('463'), 1, /restricted this account.*Wait until/],
])(
  '%s ends the host once, by exit code, log and status, and leaves the link as it is',
  async (_code, fault, moreConnections, said) => {
    const { whatsapp } = world;
    const identity = readIdentity();
    const host = sayCommand('start');
    await whatsapp.waitForConnection(signal);
    await whatsapp.waitForQuiet(signal);
    const connections = whatsapp.counts.connections;
    fault(whatsapp.faults);
    expect(await host).toEqual({ code: 3, said: expect.stringMatching(said) });
    expect(await readLog()).toMatch(/"level":50.*"whatsapp has ended the link"/);
    expect(whatsapp.counts.connections).toBe(connections + moreConnections);
    expect(readIdentity()).toEqual(identity);
    expect(await sayCommand('status')).toEqual({ code: 3, said: expect.stringMatching(said) });
  },
);

test('a host that is started during a ban asks once and ends; after the ban all is as before', async () => {
  const { whatsapp } = world;
  const { connections } = whatsapp.counts;
  whatsapp.faults.failLogins = '402';
  expect(await startProcess()).toEqual([3, null]);
  expect(whatsapp.counts.connections).toBe(connections + 1);
  whatsapp.faults.failLogins = undefined;
  const stop = new AbortController();
  const host = sayCommand('start', stop.signal);
  // The host asks for its groups as soon as it knows that the link is open.
  await whatsapp.waitForCounts(({ iqs }) => iqs['w:g2'] !== undefined, signal);
  await whatsapp.waitForQuiet(signal);
  expect((await sayCommand('status')).code).toBe(0);
  stop.abort();
  expect((await host).code).toBe(0);
});
