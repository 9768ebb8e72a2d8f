import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { runCli } from '../../../src/cli/run-cli.ts';
import { systemNow } from '../../../src/clock.ts';
import { openDatabaseReadonly } from '../../../src/db/database.ts';
import { readWaCreds } from '../../../src/db/wa-keys.ts';
import { hostPaths } from '../../../src/paths.ts';
import { projectRoot } from '../../docker/engine.ts';
import type { Faults } from '../../loopback/whatsapp/server.ts';
import { LoopbackWorld } from '../../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../../world/model-reach.ts';

const signal = new AbortController().signal;

let world: LoopbackWorld;
beforeEach(async () => {
  world = await LoopbackWorld.start({ runtime: 'process', reach: LOOPBACK_REACH, projectRoot });
  await world.link(signal);
});
afterEach(() => world[Symbol.asyncDispose]());

/** `deckhand start` as a process of its own. */
function startProcess(): { child: ChildProcess; ended: Promise<{ code: number; stderr: string }> } {
  const child = spawn(process.execPath, [join(projectRoot, 'src', 'main.ts'), 'start'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: world.config.home,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: world.whatsapp.url,
      TZ: 'UTC',
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).then(
    ([[code], stderr]) => ({ code: Number(code), stderr }),
  );
  return { child, ended };
}

/** As a person would in another terminal. */
async function runStatus(): Promise<{ code: number; stdout: string }> {
  let stdout = '';
  const code = await runCli(['node', 'deckhand', 'status'], {
    loadConfig: () => world.config,
    environment: { DECKHAND_HOME: world.config.home },
    projectRoot,
    stdout: (part) => void (stdout += part),
    stderr: () => undefined,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: systemNow,
    signal,
  });
  return { code, stdout: stdout.replaceAll(/\s+/g, ' ') };
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
    const host = startProcess();
    await whatsapp.waitForConnection(signal);
    const connections = whatsapp.counts.connections;
    fault(whatsapp.faults);
    const { code, stderr } = await host.ended;
    expect(code).toBe(3);
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(said);
    expect(stderr).toMatch(/"level":50.*"whatsapp has ended the link"/);
    expect(whatsapp.counts.connections).toBe(connections + moreConnections);
    expect(readIdentity()).toEqual(identity);
    const status = await runStatus();
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(said);
    expect(status.stdout).toContain('linked as +15550000001');
  },
);

test('a host that is started during a ban asks once and ends; after the ban all is as before', async () => {
  const { whatsapp } = world;
  const { connections } = whatsapp.counts;
  whatsapp.faults.failLogins = '402';
  expect((await startProcess().ended).code).toBe(3);
  expect(whatsapp.counts.connections).toBe(connections + 1);
  whatsapp.faults.failLogins = undefined;
  const host = startProcess();
  // The host asks for its groups as soon as it knows that the link is open.
  await whatsapp.waitForCounts(({ iqs }) => iqs['w:g2'] !== undefined, signal);
  expect((await runStatus()).code).toBe(0);
  host.child.kill('SIGTERM');
  expect((await host.ended).code).toBe(0);
});
