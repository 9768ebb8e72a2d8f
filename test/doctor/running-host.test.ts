import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { PROJECT_ROOT } from '../../src/cli/cli-world.fixture.ts';
import { type DoctorReport, doctorReportSchema } from '../../src/cli/doctor/report.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { systemNow } from '../../src/clock.ts';
import { hostPaths } from '../../src/paths.ts';
import { BY_NETWORK } from '../fakes/by-network.ts';
import { answer, FakeRunner } from '../fakes/fake-runner.ts';
import { LoopbackWorld } from '../world/loopback-world.ts';
import { LOOPBACK_REACH } from '../world/model-reach.ts';

const FAMILY = '120363001@g.us';

async function openWorld(signal: AbortSignal) {
  const runner = new FakeRunner();
  const agents = {
    runner,
    ...BY_NETWORK,
    handOver: () => Promise.resolve(),
    prepare: () => Promise.resolve(),
  };
  const world = await LoopbackWorld.start({
    runtime: 'process',
    reach: LOOPBACK_REACH,
    projectRoot: PROJECT_ROOT,
    agents,
  });
  await world.link(signal);
  return { world, runner };
}

/** Starts the host and resolves when it has sent something. */
async function startConnected(world: LoopbackWorld, signal: AbortSignal) {
  const app = await world.startHost(signal);
  app.engine.enqueue(world.whatsapp.owner.jid, 'hello', 'test:hello');
  await world.log.waitFor('sent', () => true, signal);
  return app;
}

/** As a person would in another terminal. */
async function runDoctor({ config }: LoopbackWorld, ...args: string[]): Promise<DoctorReport> {
  let stdout = '';
  await runCli(['node', 'deckhand', 'doctor', '--json', ...args], {
    loadConfig: () => config,
    environment: { DECKHAND_HOME: config.home },
    projectRoot: PROJECT_ROOT,
    stdout: (text) => void (stdout += text),
    stderr: () => undefined,
    isTty: false,
    stdin: Readable.from([]),
    isStdinTty: false,
    now: systemNow,
    signal: new AbortController().signal,
  });
  return doctorReportSchema.parse(JSON.parse(stdout));
}

const idsOf = ({ findings }: DoctorReport) =>
  findings.filter(({ status }) => status !== 'ok').map(({ id }) => id);
const linkOf = ({ findings }: DoctorReport) => findings.find(({ check }) => check === 'link');

/** What this world is on purpose. */
const EXPECTED = ['configuration.endpoint', 'runtime.process'];

test('a host that answers goes on while doctor looks and mends beside it', async ({ signal }) => {
  const { world, runner } = await openWorld(signal);
  await using _world = world;
  const app = await startConnected(world, signal);
  await mkdir(hostPaths(world.config.home).groupFolder('family'), { recursive: true });
  await app.registrations.add({ jid: FAMILY, name: 'Family', folder: 'family' }, signal);
  const phone = { chatJid: FAMILY, senderJid: '15550000002@s.whatsapp.net', senderName: 'Ana' };
  const message = { ...phone, sentAt: Date.now(), isFromMe: false, isGroup: true, mentions: [] };
  app.engine.ingest({ ...message, id: 'M1', text: '@Assistant hello' });
  const run = await runner.waitForRun(1);
  const report = await runDoctor(world, '--fix', '--yes');
  expect(idsOf(report)).toEqual(EXPECTED);
  expect(linkOf(report)?.detail).toContain(', last connected ');
  run.end(answer('done'));
  await app.engine.idle();
});

test('how a link ended is forgotten when there is a new one', async ({ signal }) => {
  const { world } = await openWorld(signal);
  await using _world = world;
  world.whatsapp.faults.logOut();
  await world.startHost(signal);
  await world.stopHost();
  expect(linkOf(await runDoctor(world))).toMatchObject({ id: 'link.ended' });
  await world.link(signal);
  expect(linkOf(await runDoctor(world))).toMatchObject({ id: 'link.ok' });
});

test('that WhatsApp has refused the version is known after the host has ended', async ({
  signal,
}) => {
  const { world } = await openWorld(signal);
  await using _world = world;
  world.whatsapp.faults.failLogins = '405';
  await world.startHost(signal);
  await world.stopHost();
  expect(linkOf(await runDoctor(world))).toMatchObject({
    id: 'link.outdated',
    mend: { commands: ['git pull && npm ci'] },
  });
  world.whatsapp.faults.failLogins = undefined;
  await startConnected(world, signal);
  await world.stopHost();
  expect(linkOf(await runDoctor(world))).toMatchObject({ id: 'link.ok' });
});
