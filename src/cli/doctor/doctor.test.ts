import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { loadAuthState } from '../../channels/whatsapp/signal/auth-state.ts';
import { loadConfig } from '../../config.ts';
import { readImageContext } from '../../containers/image-context.ts';
import { LABELS } from '../../containers/labels.ts';
import { displayWidth } from '../../core/terminal-text.ts';
import { createInbox } from '../../db/inbox.ts';
import { installationId } from '../../db/settings.ts';
import {
  type CliWorld,
  createCliWorld,
  linkAccount,
  NOW,
  PROJECT_ROOT,
} from '../cli-world.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';
import { examine } from './examine.ts';
import { checkNode } from './node.ts';

const doctorShape = z.strictObject({
  ok: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string().regex(/^[a-z]+$/),
      status: z.enum(['ok', 'warning', 'problem']),
      detail: z.string().min(1),
      mend: z.string().min(1).optional(),
    }),
  ),
});

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

/** The findings of one check; every finding but a good one has to say what to do. */
async function findingsOf(check: string) {
  const { code, stdout } = await world.run('doctor', '--json');
  const { ok, findings } = doctorShape.parse(JSON.parse(stdout));
  expect(ok).toBe(!findings.some(({ status }) => status === 'problem'));
  expect(code).toBe(ok ? 0 : 1);
  for (const { status, mend } of findings) expect(mend === undefined).toBe(status === 'ok');
  return findings.filter((finding) => finding.check === check);
}

function writeEnv(text: string, mode = 0o600): void {
  writeFileSync(join(world.home, '.env'), text);
  chmodSync(join(world.home, '.env'), mode);
}

function registerCodex(codex?: object): void {
  const providerConfig = codex && { codex };
  world.register({ '1@g.us': { name: 'One', folder: 'one', provider: 'codex', providerConfig } });
}

/** Everything that Deckhand needs, on an engine that has the image with these labels. */
async function startHealthy(imageLabels?: Record<string, string>): Promise<AsyncDisposable> {
  writeEnv('ANTHROPIC_API_KEY=sk-test\n');
  world.fill(linkAccount);
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const socket = join(world.home, 'engine.sock');
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  return startEngine(socket, imageLabels ? { imageLabels } : {});
}

async function currentImage(): Promise<Record<string, string>> {
  return { [LABELS.imageHash]: (await readImageContext(PROJECT_ROOT)).hash };
}

test('where everything is as it should be all is well, and no secret is shown', async () => {
  await using _engine = await startHealthy(await currentImage());
  const { code, stdout } = await world.run('doctor');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n\nAll is well\.\n$/);
  expect(stdout).toContain('one (claude): ANTHROPIC_API_KEY');
  expect(stdout).not.toContain('sk-test');
});

test('a machine on which nothing is set up gets a finding for each thing to do', async () => {
  const { code, stdout } = await world.run('doctor');
  expect(code).toBe(1);
  for (const line of ['problem  docker', 'warning  database', 'problem  link']) {
    expect(stdout).toContain(line);
  }
  expect(stdout).toMatch(/\n2 problems, 2 warnings\.\n$/);
});

test.for(['20.20.2', '24.11.9', '22.30.0'])('node %s is too old', (version) => {
  expect(checkNode(version)).toMatchObject({ status: 'problem', mend: expect.any(String) });
});

test.for(['24.12.0', '25.0.0'])('node %s will do', (version) => {
  expect(checkNode(version)).toEqual({ check: 'node', status: 'ok', detail: version });
});

test('every problem of the configuration is named, and what does not need it is still looked at', async () => {
  writeEnv('IDLE_TIMEOUT=soon\nLOG_LEVEL=loud\n');
  const [finding] = await findingsOf('configuration');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.detail).toMatch(/IDLE_TIMEOUT.*LOG_LEVEL/s);
  expect(await findingsOf('link')).toHaveLength(1);
  expect(await findingsOf('credentials')).toHaveLength(0);
});

test.for([
  ['ws://example.org', 'problem'],
  ['wss://example.org', 'warning'],
] as const)('WHATSAPP_URL=%s is a %s', async ([url, status]) => {
  writeEnv(`WHATSAPP_URL=${url}\n`);
  expect(await findingsOf('configuration')).toMatchObject([{ status }]);
});

test('the runtime without isolation is a warning, and Docker is not asked for then', async () => {
  writeEnv('DECKHAND_RUNTIME=process\n');
  expect(await findingsOf('runtime')).toMatchObject([{ status: 'warning' }]);
  expect(await findingsOf('docker')).toEqual([]);
});

test('an engine that does not answer is a problem that names the address', async () => {
  const [finding] = await findingsOf('docker');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.detail).toContain('no-docker.sock');
  expect(finding?.mend).toContain('DOCKER_HOST');
});

test('the version of an engine that answers is shown', async () => {
  await using _engine = await startHealthy();
  expect(await findingsOf('docker')).toMatchObject([
    { status: 'ok', detail: 'engine 27.0.1 (API 1.46)' },
  ]);
});

test('an image that is missing, old or not ours is a warning', async () => {
  await using _engine = await startHealthy();
  expect(await findingsOf('image')).toMatchObject([
    { status: 'warning', detail: 'deckhand-agent:latest is not there yet' },
  ]);
});

test.for([
  ['older than the code', { [LABELS.imageHash]: '0000000000000000' }],
  ['not built by Deckhand', {}],
] as const)('an image that is %s is a warning', async ([detail, labels]) => {
  await using _engine = await startHealthy(labels);
  const [finding] = await findingsOf('image');
  expect(finding).toMatchObject({ status: 'warning', detail: expect.stringContaining(detail) });
});

test('a file that is no database is a problem, with the backups that are there', async () => {
  world.fill(() => undefined);
  writeFileSync(world.paths.database, 'x'.repeat(5000));
  writeFileSync(`${world.paths.database}.schema-2`, '');
  const [finding] = await findingsOf('database');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend).toContain('found: deckhand.db.schema-2');
});

test('a damaged page is found', async () => {
  let offset = 0;
  world.fill((db) => {
    db.pragma('journal_mode = DELETE');
    const page = db
      .prepare<[], number>("select rootpage from sqlite_master where name = 'chats'")
      .pluck()
      .get();
    offset = ((page ?? 1) - 1) * Number(db.pragma('page_size', { simple: true }));
  });
  const bytes = readFileSync(world.paths.database);
  writeFileSync(world.paths.database, bytes.fill(0xff, offset, offset + 64));
  const [finding] = await findingsOf('database');
  expect(finding).toMatchObject({ status: 'problem', detail: expect.stringContaining('damaged') });
});

test.for([
  [99, 'problem', 'Update Deckhand'],
  [1, 'warning', '`deckhand start` updates it'],
] as const)('a database with schema %d is a %s', async ([version, status, mend]) => {
  world.fill((db) => db.pragma(`user_version = ${version}`));
  const [finding] = await findingsOf('database');
  expect(finding).toMatchObject({ status, mend: expect.stringContaining(mend) });
});

test('a database without the write-ahead log is a warning', async () => {
  world.fill((db) => db.pragma('journal_mode = DELETE'));
  expect(await findingsOf('database')).toMatchObject([
    { status: 'warning', detail: 'has the journal mode delete, not WAL' },
  ]);
});

test('as whom the account is linked is shown', async () => {
  world.fill((db) => linkAccount(db, 'Bo\u001b[2Jt'));
  expect(await findingsOf('link')).toMatchObject([
    { status: 'ok', detail: 'linked as 4915112345678@s.whatsapp.net ("Bo\u001b[2Jt")' },
  ]);
  expect((await world.run('doctor')).stdout).toContain('("Bo\\u{1b}[2Jt")');
});

test('a pairing code that no phone has confirmed is no link', async () => {
  world.fill((db) => {
    const auth = loadAuthState(db);
    auth.creds.me = { id: '4915112345678@s.whatsapp.net' };
    auth.saveCreds();
  });
  const [finding] = await findingsOf('link');
  expect(finding).toMatchObject({ status: 'problem', detail: 'not linked to a WhatsApp account' });
});

test('a damaged link is a problem of its own', async () => {
  world.fill((db) => void db.prepare('insert into wa_creds values (1, \'{"me":1}\')').run());
  const [finding] = await findingsOf('link');
  expect(finding).toMatchObject({ status: 'problem', detail: 'the stored link cannot be used' });
});

test('every problem of the registrations is named', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'A' }, '2@g.us': 1 });
  const findings = await findingsOf('registrations');
  expect(findings.map(({ status }) => status)).toEqual(['problem', 'problem']);
  expect(findings[0]?.detail).toContain('1@g.us.folder: ');
});

test('without a group there is nothing to answer, which is a warning', async () => {
  expect(await findingsOf('registrations')).toMatchObject([{ status: 'warning' }]);
});

test('a claude group without a credential is told where to get one', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'one' } });
  const [finding] = await findingsOf('credentials');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend).toMatch(/ANTHROPIC_API_KEY.*CLAUDE_CODE_OAUTH_TOKEN.*claude setup-token/s);
});

test('a codex group without a credential gets the exact command', async () => {
  registerCodex();
  const [finding] = await findingsOf('credentials');
  const home = world.paths.codexHome('one');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend).toContain(`$ mkdir -p ${home}\n$ CODEX_HOME=${home} npx codex login\n`);
  expect(finding?.mend).toContain('Or set OPENAI_API_KEY in .env.');
});

test('in the folder of the project the command is as short as can be', async () => {
  registerCodex();
  const machine = { nodeVersion: '24.12.0', platform: 'linux', uid: 0, timeZone: 'UTC' } as const;
  const findings = await examine(contextOf(world.home), machine);
  const mends = findings.map(({ mend }) => mend ?? '').join('\n');
  expect(mends).toContain('$ CODEX_HOME=data/codex/one/.codex npx codex login\n');
});

test.for([
  ['api_key', /^Set OPENAI_API_KEY in \.env: the group is set to auth api_key\.$/],
  ['chatgpt', /npx codex login\nOn a machine without a browser add --device-auth\.$/],
] as const)('a codex group that is set to %s is told that one only', async ([authMethod, mend]) => {
  if (authMethod === 'chatgpt') writeEnv('OPENAI_API_KEY=sk-test\n');
  registerCodex({ authMethod });
  const [finding] = await findingsOf('credentials');
  expect(finding).toMatchObject({ status: 'problem', mend: expect.stringMatching(mend) });
});

test('what a codex group signs in with is shown', async () => {
  writeEnv('OPENAI_API_KEY=sk-test\n');
  registerCodex();
  expect(await findingsOf('credentials')).toMatchObject([
    { status: 'ok', detail: 'one (codex): OPENAI_API_KEY' },
  ]);
  mkdirSync(world.paths.codexHome('one'), { recursive: true });
  const tokens = { id_token: 'a.b.c', access_token: 'a.b.c', refresh_token: 'r' };
  const auth = JSON.stringify({ tokens, last_refresh: '2026-01-01T00:00:00Z' });
  writeFileSync(join(world.paths.codexHome('one'), 'auth.json'), auth);
  expect(await findingsOf('credentials')).toMatchObject([
    { status: 'ok', detail: 'one (codex): ChatGPT sign-in' },
  ]);
});

test('a damaged sign-in is a problem that says what is wrong with it', async () => {
  registerCodex();
  mkdirSync(world.paths.codexHome('one'), { recursive: true });
  writeFileSync(join(world.paths.codexHome('one'), 'auth.json'), '{"tokens":');
  const [finding] = await findingsOf('credentials');
  expect(finding).toMatchObject({
    status: 'problem',
    detail: expect.stringContaining('it is not JSON'),
  });
});

test('files that other users could read are named with the command that mends them', async () => {
  world.fill(() => undefined);
  writeEnv('', 0o644);
  chmodSync(world.paths.data, 0o755);
  chmodSync(world.paths.database, 0o640);
  const findings = await findingsOf('permissions');
  expect(findings).toMatchObject([
    { status: 'problem', mend: '$ chmod 700 data' },
    { status: 'problem', mend: '$ chmod 600 data/deckhand.db' },
    { status: 'problem', mend: '$ chmod 600 .env' },
  ]);
});

test('a data folder of another user is a problem', async () => {
  world.fill(() => undefined);
  const uid = (process.getuid?.() ?? 0) + 1;
  const machine = { nodeVersion: '24.12.0', platform: 'linux', uid, timeZone: 'UTC' } as const;
  const findings = await examine(contextOf(PROJECT_ROOT), machine);
  const ofOthers = findings.filter(({ check }) => check === 'permissions');
  expect(ofOthers.map(({ mend }) => mend)).toEqual([
    `Run Deckhand as user ${uid - 1}, or:\n$ sudo chown ${uid} data`,
    `Run Deckhand as user ${uid - 1}, or:\n$ sudo chown ${uid} data/deckhand.db`,
  ]);
});

test('a clock that is years behind is a problem', async () => {
  const { stdout } = await world.runWith({ now: () => Date.UTC(2020, 0, 1) }, 'doctor');
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
    createInbox(db).insert(message, false, NOW + 3_600_000);
  });
  expect(await findingsOf('clock')).toMatchObject([
    { status: 'problem', detail: expect.stringContaining('2026-12-01T13:00:00.000Z') },
  ]);
});

test('a check that cannot be made is a problem, and the others are made', async () => {
  writeFileSync(world.paths.data, 'a file where the folder should be');
  expect(await findingsOf('permissions')).toMatchObject([
    { status: 'problem', detail: expect.stringContaining('could not be looked at: ENOTDIR') },
  ]);
  expect(await findingsOf('clock')).toMatchObject([{ status: 'ok' }]);
});

test('the text keeps to 80 columns, but for words that are longer themselves', async () => {
  writeEnv('IDLE_TIMEOUT=soon\n', 0o644);
  world.fill((db) => linkAccount(db, '家'.repeat(60)));
  registerCodex();
  const { stdout } = await world.run('doctor');
  const tooLong = stdout.split('\n').filter((line) => displayWidth(line) > 80);
  for (const line of tooLong) expect(line.trim()).toMatch(/^(?:[>$] )?\S+(?: \\\\)?$/);
  expect(stdout).not.toContain('\u001b');
});

test('colours are for a person at a terminal who has not said no', async () => {
  expect((await world.runWith({ isTty: true }, 'doctor')).stdout).toContain('\u001b[31mproblem');
  world.environment['NO_COLOR'] = '1';
  expect((await world.runWith({ isTty: true }, 'doctor')).stdout).not.toContain('\u001b');
});

test('doctor changes nothing, not even the name of an installation', async () => {
  world.fill(linkAccount);
  await world.run('doctor');
  world.fill((db) => {
    expect(db.prepare('select count(*) from settings').pluck().get()).toBe(0);
    expect(installationId(db)).toMatch(/^[0-9a-f]{12}$/);
  });
});

/** For what `run` cannot say: another machine or project root. */
function contextOf(projectRoot: string) {
  return {
    loadConfig: () => loadConfig(world.environment, projectRoot),
    environment: world.environment,
    projectRoot,
    stdout: () => undefined,
    stderr: () => undefined,
    isTty: false,
    now: () => NOW,
    signal: new AbortController().signal,
  };
}
