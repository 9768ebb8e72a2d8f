import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LABELS } from '../../containers/labels.ts';
import { createInbox } from '../../db/inbox.ts';
import { type CliWorld, createCliWorld, NOW, PROJECT_ROOT } from '../cli-world.fixture.ts';
import { examineWith, findingsOf, startHealthy, writeEnv } from './doctor.fixture.ts';
import { checkNode } from './node.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

test.for(['20.20.2', '24.11.9', '22.30.0'])('node %s is too old', (version) => {
  expect(checkNode(version)).toMatchObject({ status: 'problem', mend: expect.any(String) });
});

test.for(['24.12.0', '25.0.0'])('node %s will do', (version) => {
  expect(checkNode(version)).toEqual({
    id: 'node.ok',
    check: 'node',
    status: 'ok',
    detail: version,
  });
});

test('every problem of the configuration is named, and what does not need it is still looked at', async () => {
  writeEnv(world, 'IDLE_TIMEOUT=soon\nLOG_LEVEL=loud\n');
  const [finding] = await findingsOf(world, 'configuration');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.detail).toMatch(/IDLE_TIMEOUT.*LOG_LEVEL/s);
  expect(await findingsOf(world, 'link')).toHaveLength(1);
  expect(await findingsOf(world, 'credentials')).toHaveLength(0);
});

test.for([
  ['ws://example.org', 'problem'],
  ['wss://example.org', 'warning'],
] as const)('WHATSAPP_URL=%s is a %s', async ([url, status]) => {
  writeEnv(world, `WHATSAPP_URL=${url}\n`);
  expect(await findingsOf(world, 'configuration')).toMatchObject([{ status }]);
});

test('the runtime without isolation is a warning, and Docker is not asked for then', async () => {
  writeEnv(world, 'DECKHAND_RUNTIME=process\n');
  expect(await findingsOf(world, 'runtime')).toMatchObject([{ status: 'warning' }]);
  expect(await findingsOf(world, 'docker')).toEqual([]);
});

test('an engine that does not answer is a problem that names the address', async () => {
  const [finding] = await findingsOf(world, 'docker');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.detail).toContain('no-docker.sock');
  expect(finding?.mend?.text).toContain('DOCKER_HOST');
});

test('the version of an engine that answers is shown', async () => {
  await using _engine = await startHealthy(world);
  expect(await findingsOf(world, 'docker')).toMatchObject([
    { status: 'ok', detail: 'engine 27.0.1 (API 1.46)' },
  ]);
});

test('an image that is missing, old or not ours is a warning', async () => {
  await using _engine = await startHealthy(world);
  expect(await findingsOf(world, 'image')).toMatchObject([
    { status: 'warning', detail: 'deckhand-agent:latest is not there yet' },
  ]);
});

test.for([
  ['older than the code', { [LABELS.imageHash]: '0000000000000000' }],
  ['not built by Deckhand', {}],
] as const)('an image that is %s is a warning', async ([detail, labels]) => {
  await using _engine = await startHealthy(world, labels);
  const [finding] = await findingsOf(world, 'image');
  expect(finding).toMatchObject({ status: 'warning', detail: expect.stringContaining(detail) });
});

test('files that other users could read are named with the command that mends them', async () => {
  world.fill(() => undefined);
  writeEnv(world, '', 0o644);
  chmodSync(world.paths.data, 0o755);
  chmodSync(world.paths.database, 0o640);
  const findings = await findingsOf(world, 'permissions');
  expect(findings).toMatchObject([
    { status: 'problem', mend: { commands: ['chmod 700 data'] } },
    { status: 'problem', mend: { commands: ['chmod 600 data/deckhand.db'] } },
    { status: 'problem', mend: { commands: ['chmod 600 .env'] } },
  ]);
});

test('a data folder of another user is a problem', async () => {
  world.fill(() => undefined);
  const uid = (process.getuid?.() ?? 0) + 1;
  const findings = await examineWith(world, PROJECT_ROOT, { uid });
  const ofOthers = findings.filter(({ check }) => check === 'permissions');
  expect(ofOthers.map(({ mend }) => mend)).toEqual([
    `Run Deckhand as user ${uid - 1}, or:\n$ sudo chown ${uid} data`,
    `Run Deckhand as user ${uid - 1}, or:\n$ sudo chown ${uid} data/deckhand.db`,
  ]);
});

test('a clock that is years behind is a problem', async () => {
  const { stdout } = await world.runWith(
    { now: () => Date.UTC(2020, 0, 1) },
    'doctor',
    '--offline',
  );
  expect(stdout).toMatch(/problem {2}clock {10}2020-01-01 00:00:00 UTC is long ago\n/);
});

test('a clock behind the messages that came in is a problem', async () => {
  world.fill((db) => {
    const message = {
      chatJid: '1@g.us',
      senderJid: '49@s.whatsapp.net',
      senderName: 'Ann',
      id: 'm1',
      sentAt: NOW,
      text: 'hello',
      isFromMe: false,
      isGroup: true,
      mentions: [],
    };
    createInbox(db).insert(message, 'not_addressed', NOW + 3_600_000);
  });
  expect(await findingsOf(world, 'clock')).toMatchObject([
    { status: 'problem', detail: expect.stringContaining('2026-12-01T13:00:00.000Z') },
  ]);
});
