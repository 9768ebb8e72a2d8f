import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { loadConfig } from '../../config.ts';
import { registeredGroupSchema } from '../../core/group.ts';
import { startEngine } from '../docker-engine.fixture.ts';
import { checkOutlets } from './outlets.ts';

const DESKTOP = { OperatingSystem: 'Docker Desktop' };

const OPEN = makeGroup('open');
const CLOSED = makeGroup('closed', { egress: { policy: 'model-only' } });
const OUTSIDE = makeGroup('outside', { containerConfig: { credentials: 'proxy' } });

function makeGroup(folder: string, fields: object = {}) {
  return registeredGroupSchema.parse({ jid: `${folder}@g.us`, name: folder, folder, ...fields });
}

/** What is found with these settings beside an engine that says this of itself. */
async function look(
  groups: (typeof OPEN)[],
  environment: Readonly<Record<string, string>> = {},
  info: Readonly<Record<string, unknown>> = {},
) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'deckhand-outlets-'));
  const config = loadConfig({ ...environment, DECKHAND_HOME: folder.path }, folder.path);
  const socketPath = join(folder.path, 'engine.sock');
  await using _engine = await startEngine(socketPath, { info });
  const docker = new Docker({ socketPath });
  return await checkOutlets({ config, platform: 'linux', docker }, groups);
}

test('with a door every group is served, and the host alone leads outside', async () => {
  expect(await look([OPEN, CLOSED, OUTSIDE])).toEqual([
    { id: 'outlets.ok', check: 'outlets', status: 'ok', detail: expect.stringContaining('alone') },
  ]);
});

test('without one the groups that need it are named with the reason and what to do', async () => {
  const found = await look([OPEN, CLOSED, OUTSIDE], {}, DESKTOP);
  expect(found).toMatchObject([
    { id: 'outlets.refused', status: 'problem', detail: expect.stringContaining('closed') },
    { id: 'outlets.refused', status: 'problem', detail: expect.stringContaining('outside') },
  ]);
  for (const { detail } of found) expect(detail).toContain('Docker Desktop');
});

test('credentials that are mounted because there is no door are a warning until somebody means it', async () => {
  expect(await look([OPEN], {}, DESKTOP)).toMatchObject([
    { id: 'outlets.mounted', status: 'warning', detail: expect.stringContaining('Docker Desktop') },
  ]);
  expect(await look([OPEN], { CREDENTIALS: 'mounted' }, DESKTOP)).toMatchObject([
    { id: 'outlets.ok', detail: expect.stringContaining('of their own') },
  ]);
});

test('a group with a network and credentials of its own beside others is named', async () => {
  const own = makeGroup('own', { containerConfig: { credentials: 'mounted' } });
  expect(await look([OPEN, own, CLOSED])).toMatchObject([
    { id: 'outlets.ok', detail: expect.stringMatching(/^own with .*, all others .* alone$/) },
  ]);
});

test('what the installation says of credentials and policy holds for groups that say nothing', async () => {
  expect(await look([OPEN], { CREDENTIALS: 'mounted', EGRESS: 'model-only' })).toMatchObject([
    { id: 'outlets.refused', detail: expect.stringContaining('credentials are mounted') },
  ]);
});

test('what would serve a group is named: its credentials before its policy, and both where both are in the way', async () => {
  const mendOf = async (...looked: Parameters<typeof look>) => (await look(...looked))[0]?.mend;
  const open = (folder: string) =>
    `if its agent may reach everything:\n$ npx deckhand groups set ${folder} --egress open`;
  expect(await mendOf([CLOSED], {}, DESKTOP)).toContain(open('closed'));
  expect(await mendOf([CLOSED], { CREDENTIALS: 'mounted' })).toBe(
    'Set CREDENTIALS=auto in .env and start the host anew.',
  );
  expect(await mendOf([OPEN], { CREDENTIALS: 'proxy' }, DESKTOP)).toBe(
    'Set CREDENTIALS=auto in .env and start the host anew.',
  );
  expect(await mendOf([OUTSIDE], {}, DESKTOP)).toMatch(
    /^Set containerConfig.credentials to "mounted" in .*registered_groups.json\.$/,
  );
  const egress = { policy: 'model-only' };
  const mounted = makeGroup('mounted', { egress, containerConfig: { credentials: 'mounted' } });
  expect(await mendOf([mounted])).toMatch(/^Set containerConfig.credentials to "proxy" in .*\.$/);
  const both = makeGroup('both', { egress, containerConfig: { credentials: 'proxy' } });
  expect(await mendOf([both], {}, DESKTOP)).toMatch(
    /^Set containerConfig.credentials to "mounted" in [^]*--egress open$/,
  );
});

test('agents in plain processes have no door, which is no warning', async () => {
  const processes = { DECKHAND_RUNTIME: 'process' };
  expect(await look([OPEN], processes)).toMatchObject([{ id: 'outlets.ok' }]);
  expect(await look([CLOSED], processes)).toMatchObject([
    { id: 'outlets.refused', detail: expect.stringContaining('plain processes') },
  ]);
});

test('an engine that does not answer is the finding of another check', async () => {
  const config = loadConfig({}, tmpdir());
  const subject = { config, platform: 'linux', docker: undefined } as const;
  expect(await checkOutlets(subject, [CLOSED])).toEqual([]);
});
