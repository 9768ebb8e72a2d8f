import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { LABELS } from '../../containers/labels.ts';
import type { InboundMessage } from '../../core/message.ts';
import { createCredentialStore } from '../../credentials/file-credential-store.ts';
import type { Db } from '../../db/database.ts';
import { createInbox } from '../../db/inbox.ts';
import { acquireInstanceLock } from '../../db/instance-lock.ts';
import { storeLinkState } from '../../db/link-state.ts';
import { createModelStore } from '../../db/models.ts';
import { createOutbox } from '../../db/outbox.ts';
import { createRuns } from '../../db/runs.ts';
import { installationId } from '../../db/settings.ts';
import { type CliWorld, createCliWorld, linkAccount, NOW } from '../cli-world.fixture.ts';
import { startEngine } from '../docker-engine.fixture.ts';

const statusShape = z.strictObject({
  host: z.strictObject({ isRunning: z.boolean() }),
  link: z.discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('linked'),
      jid: z.string(),
      lid: z.string(),
      name: z.string(),
    }),
    z.strictObject({ status: z.literal('unlinked') }),
    z.strictObject({ status: z.literal('damaged'), message: z.string() }),
  ]),
  linkEnd: z.strictObject({ at: z.number(), reason: z.string(), mend: z.string() }).nullable(),
  groups: z.array(
    z.strictObject({
      folder: z.string(),
      name: z.string(),
      jid: z.string(),
      provider: z.enum(['claude', 'codex', 'responses']),
      isMain: z.boolean(),
      run: z
        .strictObject({
          id: z.string(),
          createdAt: z.number(),
          attempt: z.number(),
          model: z.string().nullable(),
        })
        .nullable(),
      isWaiting: z.boolean(),
    }),
  ),
  runs: z.strictObject({ running: z.number(), waiting: z.number() }),
  outbox: z.strictObject({ pending: z.number() }),
  last24Hours: z.strictObject({ answered: z.number(), failed: z.number() }),
  cooling: z.array(z.strictObject({ name: z.string(), class: z.string(), until: z.number() })),
  credentials: z.array(
    z.strictObject({ profile: z.string(), reason: z.string(), mend: z.string() }),
  ),
  containers: z
    .array(z.strictObject({ id: z.string(), folder: z.string(), state: z.string() }))
    .nullable(),
  problems: z.array(z.string()),
});

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

async function statusJson() {
  const { code, stdout } = await world.run('status', '--json');
  return { code, ...statusShape.parse(JSON.parse(stdout)) };
}

/** A linked host with one group at work, one that waits and a day of history. */
function fillBusyHost(db: Db): void {
  linkAccount(db);
  const runs = createRuns(db);
  const run = { kind: 'messages', folder: 'one', provider: 'codex' } as const;
  for (const [id, state, ago] of [
    ['r1', 'answered', 60_000],
    ['r2', 'failed', 60_000],
    ['r3', 'answered', 25 * 60 * 60_000],
  ] as const) {
    runs.insert({ ...run, id, chatJid: '1@g.us', now: NOW - ago });
    runs.finish(id, state, NOW);
  }
  runs.insert({ ...run, id: 'r4', chatJid: '1@g.us', now: NOW - 45_000 });
  createInbox(db).insert(message('2@g.us'), 'name', NOW);
  const text = { kind: 'text' as const, text: 'hello', mentions: [] };
  createOutbox(db).enqueue({ id: '3EB0', chatJid: '1@g.us', ...text }, 'run:r1:1', NOW);
}

function message(chatJid: string): InboundMessage {
  return {
    chatJid,
    senderJid: '49@s.whatsapp.net',
    senderName: 'Ann',
    id: 'm1',
    sentAt: NOW,
    text: '@Assistant hello',
    isFromMe: false,
    isGroup: true,
    mentions: [],
  };
}

test('before anything is set up it says so, by its exit code as well', async () => {
  const { code, stdout } = await world.run('status');
  expect(code).toBe(3);
  expect(stdout).toContain('not linked; `deckhand link` links it');
  expect(await statusJson()).toMatchObject({ link: { status: 'unlinked' }, groups: [] });
});

test('work, waiting groups and the last day are counted while no host runs', async () => {
  world.fill(fillBusyHost);
  world.register({
    '1@g.us': { name: 'One', folder: 'one', provider: 'codex' },
    '2@g.us': { name: 'Two\u001b[2J', folder: 'two', isMain: true },
  });
  expect(await statusJson()).toMatchObject({
    code: 0,
    host: { isRunning: false },
    link: {
      status: 'linked',
      jid: '4915112345678@s.whatsapp.net',
      lid: '99887766@lid',
      name: 'Deckhand',
    },
    groups: [
      { folder: 'one', run: { id: 'r4', createdAt: NOW - 45_000, attempt: 1 }, isWaiting: false },
      { folder: 'two', run: null, isWaiting: true },
    ],
    runs: { running: 1, waiting: 1 },
    outbox: { pending: 1 },
    last24Hours: { answered: 1, failed: 1 },
    containers: [],
    problems: [],
  });
  expect(
    (await world.run('status')).stdout,
  ).toBe(`Host        not running; \`deckhand start\` starts it
WhatsApp    linked as +4915112345678 ("Deckhand")
Runs        1 running, 1 waiting
Last 24 h   1 answered, 1 failed
Outbox      1 waiting to be sent
Containers  none
Groups      2
  one  codex   running 45 s  "One"
  two  claude  waiting       main "Two\\u{1b}[2J"
`);
});

test('a running host is seen', async () => {
  world.fill(linkAccount);
  using _host = acquireInstanceLock(world.paths.lock);
  expect(await statusJson()).toMatchObject({ code: 0, host: { isRunning: true } });
});

test('containers of this installation are asked for and shown', async () => {
  let id = '';
  world.fill((db) => {
    linkAccount(db);
    id = installationId(db);
  });
  const socket = join(world.home, 'engine.sock');
  world.environment['DOCKER_HOST'] = `unix://${socket}`;
  const Labels = { [LABELS.installation]: id, [LABELS.folder]: 'one' };
  await using engine = await startEngine(socket, {
    containers: [{ Id: '0123456789abcdef', State: 'running', Labels }],
  });
  const { containers } = await statusJson();
  expect(containers).toEqual([{ id: '0123456789ab', folder: 'one', state: 'running' }]);
  const asked = engine.requests.map(decodeURIComponent).join();
  expect(asked).toContain(`"${LABELS.installation}=${id}"`);
  expect((await world.run('status')).stdout).toContain('Containers  one (running)');
});

test('without an engine the containers are unknown, which is no failure', async () => {
  world.fill((db) => {
    linkAccount(db);
    installationId(db);
  });
  expect(await statusJson()).toMatchObject({ code: 0, containers: null });
  expect((await world.run('status')).stdout).toContain('unknown: Docker does not answer');
});

test('what cannot be read is named, and the rest is shown', async () => {
  world.register({ '1@g.us': { name: 'One' } });
  writeFileSync(world.paths.database, 'not a database, but long enough to be looked at as one');
  const { code, problems } = await statusJson();
  expect(code).toBe(1);
  expect(problems).toHaveLength(2);
  expect(problems.join('\n')).toMatch(/database.*not a database.*1@g\.us\.folder/s);
  const { stdout } = await world.run('status');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('a link that WhatsApp has ended is said with what to do, until it opens again', async () => {
  const end = { reason: 'WhatsApp has blocked this account', mend: 'Open WhatsApp on the phone.' };
  world.fill((db) => {
    linkAccount(db);
    storeLinkState(db, { status: 'stopped', at: NOW, ...end, isOutdated: false });
  });
  const ended = { code: 3, link: { status: 'linked' }, linkEnd: { at: NOW, ...end } };
  expect(await statusJson()).toMatchObject(ended);
  expect((await world.run('status')).stdout).toContain(
    `Problem     the link to WhatsApp ended Tue 2026-12-01 12:00: WhatsApp has
            blocked this account. Open WhatsApp on the phone.
`,
  );
  world.fill((db) => storeLinkState(db, { status: 'open', at: NOW }));
  expect(await statusJson()).toMatchObject({ code: 0, linkEnd: null });
});

test('a damaged link is told apart from none', async () => {
  world.fill((db) => {
    db.prepare("insert into wa_creds (id, value) values (1, '{}')").run();
  });
  expect(await statusJson()).toMatchObject({ code: 1, link: { status: 'damaged' } });
});

test('it only reads', async () => {
  world.fill(fillBusyHost);
  const before = readFileSync(world.paths.database);
  expect((await statusJson()).code).toBe(0);
  expect(readFileSync(world.paths.database).equals(before)).toBe(true);
});

test('models that cool down and sign-ins that are over are shown with what to do', async () => {
  world.fill((db) => {
    linkAccount(db);
    const models = createModelStore(db);
    models.coolDown('openai-codex/a', 'quota', NOW + 3_600_000, NOW);
    models.coolDown('openai/b', 'quota', NOW - 1, NOW - 2);
  });
  const store = createCredentialStore({ folder: world.paths.credentials });
  await store.write(
    { name: 'openai-codex' },
    {
      v: 1,
      kind: 'sign_in',
      accessToken: 'secret-access',
      refreshToken: 'secret-refresh',
      idToken: 'secret-id',
      accountId: 'acct',
      expiresAt: NOW,
      refreshedAt: NOW,
      signedInAt: NOW,
      source: 'browser',
      broken: { code: 'refresh_token_reused', at: NOW },
    },
  );
  const { cooling, credentials } = await statusJson();
  expect(cooling).toEqual([{ name: 'openai-codex/a', class: 'quota', until: NOW + 3_600_000 }]);
  expect(credentials).toMatchObject([{ profile: 'openai-codex' }]);
  const { stdout } = await world.run('status');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'openai-codex/a: usage limit reached, not asked before Tue 2026-12-01 13:00',
  );
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('deckhand login codex');
  expect(stdout).not.toContain('secret');
});
