import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostPaths } from '../../../src/paths.ts';
import { FaultWorld, written } from '../whatsapp/fault-world.fixture.ts';

const PNG = Buffer.concat([Buffer.from('\x89PNG\r\n\x1A\n', 'latin1'), Buffer.alloc(100)]);

async function startHost(world: FaultWorld): Promise<ChildProcess> {
  const { home } = world.loopback.config;
  const trusted = join(home, 'media.pem');
  await writeFile(trusted, world.whatsapp.media.certificate);
  const program = join(import.meta.dirname, '..', 'whatsapp', 'doomed-host.ts');
  const host = spawn(process.execPath, [program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      DECKHAND_HOME: home,
      DECKHAND_RUNTIME: 'process',
      WHATSAPP_URL: world.whatsapp.url,
      ANTHROPIC_API_KEY: 'loopback-key',
      NODE_EXTRA_CA_CERTS: trusted,
      RECEIPTS: 'off',
      RATE_LIMIT_SENDER: 'off',
      RATE_LIMIT_GROUP: 'off',
      TZ: 'UTC',
    },
  });
  onTestFinished(() => void host.kill('SIGKILL'));
  await world.whatsapp.waitForConnection(world.signal);
  return host;
}

/** What is open stays open, and nothing can be opened until the limit is given back. */
function takeDescriptors({ pid }: ChildProcess): Disposable {
  const limitTo = (limit: string) =>
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${limit}`], { stdio: 'ignore' });
  const columns = ['--pid', String(pid), '--nofile', '--output=SOFT', '--noheadings'];
  const before = execFileSync('prlimit', columns).toString().trim();
  limitTo('1:');
  return { [Symbol.dispose]: () => void limitTo(`${before}:`) };
}

test('a host that can open nothing stays up, and does everything once when it can again', async () => {
  await using world = await FaultWorld.open();
  await world.startHost();
  const crew = await world.addGroup('crew');
  await world.stopHost();
  const paths = hostPaths(world.loopback.config.home);
  const host = await startHost(world);
  await world.ask(crew, 'qbefore');
  await world.waitForAnswer('qbefore');
  {
    using _limit = takeDescriptors(host);
    await world.ask(crew, 'qtext');
    const caption = '@Assistant qpicture';
    await world.ana.sendMedia(crew, { kind: 'image', bytes: PNG, mimetype: 'image/png', caption });
    const request = join(paths.ipc('crew'), 'messages', 'one.json');
    const content = { type: 'message', chatJid: crew.jid, text: 'by request' };
    await writeFile(`${request}.tmp`, JSON.stringify(content));
    await rename(`${request}.tmp`, request);
    await world.waitForAnswer('qtext');
    world.whatsapp.faults.dropConnections();
    await world.whatsapp.waitForDisconnection(world.signal);
    await world.ask(crew, 'qaway');
    expect(host.exitCode).toBe(null);
  }
  for (const question of ['qpicture', 'qaway']) await world.waitForAnswer(question);
  await world.bob.waitForMessage(({ text }) => text === 'by request', world.signal);
  await world.whatsapp.waitForQuiet(world.signal);
  const exited = once(host, 'exit');
  host.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  const counts = ['qbefore', 'qtext', 'qpicture', 'qaway'].map((one) => world.countAnswers(one));
  expect(counts).toEqual([1, 1, 1, 1]);
  expect(written(world.bob).filter((text) => text === 'by request')).toHaveLength(1);
  const [picture = ''] = await readdir(join(paths.groupFolder('crew'), 'media'));
  expect(await readFile(join(paths.groupFolder('crew'), 'media', picture))).toEqual(PNG);
  const reply = await readFile(join(paths.ipc('crew'), 'replies', 'one.json'), 'utf8');
  expect(JSON.parse(reply)).toMatchObject({ ok: true });
});
