import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadAuthState } from '../../channels/whatsapp/signal/auth-state.ts';
import { type CliWorld, createCliWorld, linkAccount, NOW } from '../cli-world.fixture.ts';
import { findingsOf } from './doctor.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

test('a file that is no database is a problem, with the backups that are there', async () => {
  world.fill(() => undefined);
  writeFileSync(world.paths.database, 'x'.repeat(5000));
  writeFileSync(`${world.paths.database}.schema-2`, '');
  const [finding] = await findingsOf(world, 'database');
  expect(finding).toMatchObject({ status: 'problem' });
  expect(finding?.mend?.text).toContain('(deckhand.db.schema-2)');
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
  const [finding] = await findingsOf(world, 'database');
  expect(finding).toMatchObject({ status: 'problem', detail: expect.stringContaining('damaged') });
});

test.for([
  [99, 'problem', 'Update Deckhand'],
  [1, 'warning', '`deckhand start` updates it'],
] as const)('a database with schema %d is a %s', async ([version, status, mend]) => {
  world.fill((db) => db.pragma(`user_version = ${version}`));
  const [finding] = await findingsOf(world, 'database');
  expect(finding).toMatchObject({ status, mend: { text: expect.stringContaining(mend) } });
});

test('a database without the write-ahead log is a warning', async () => {
  world.fill((db) => db.pragma('journal_mode = DELETE'));
  expect(await findingsOf(world, 'database')).toMatchObject([
    { status: 'warning', detail: 'has the journal mode delete, not WAL' },
  ]);
});

test('what the database grows by is shown after a day', async () => {
  world.fill((db) =>
    db
      .prepare(
        `insert into messages (chat_jid, sender_jid, id, sender_name, sent_at, received_at, text, is_from_me, state, is_trigger)
         values ('1@g.us', '49@s.whatsapp.net', 'm1', 'Ann', 1, ?, 'hello', 0, 'context', 0)`,
      )
      .run(NOW - 10 * 86_400_000),
  );
  const [finding] = await findingsOf(world, 'database');
  expect(finding?.detail).toMatch(/^intact, schema \d+, WAL, \d+ KB, about \d+ KB a day$/);
});

test('as whom the account is linked is shown', async () => {
  world.fill((db) => linkAccount(db, 'Bo\u001b[2Jt'));
  expect(await findingsOf(world, 'link')).toMatchObject([
    { status: 'ok', detail: 'linked as 4915112345678@s.whatsapp.net ("Bo\u001b[2Jt")' },
  ]);
  expect((await world.run('doctor', '--offline', '--quick')).stdout).toContain('("Bo\\u{1b}[2Jt")');
});

test('a pairing code that no phone has confirmed is no link', async () => {
  world.fill((db) => {
    const auth = loadAuthState(db);
    auth.creds.me = { id: '4915112345678@s.whatsapp.net' };
    auth.saveCreds();
  });
  const [finding] = await findingsOf(world, 'link');
  expect(finding).toMatchObject({ status: 'problem', detail: 'not linked to a WhatsApp account' });
});

test('a damaged link is a problem of its own', async () => {
  world.fill((db) => void db.prepare('insert into wa_creds values (1, \'{"me":1}\')').run());
  const [finding] = await findingsOf(world, 'link');
  expect(finding).toMatchObject({ status: 'problem', detail: 'the stored link cannot be used' });
});

test('every problem of the registrations is named', async () => {
  world.register({ '1@g.us': { name: 'One', folder: 'A' }, '2@g.us': 1 });
  const findings = await findingsOf(world, 'registrations');
  expect(findings.map(({ status }) => status)).toEqual(['problem', 'problem']);
  expect(findings[0]?.detail).toContain('1@g.us.folder: ');
});

test('without a group there is nothing to answer, which is a warning', async () => {
  expect(await findingsOf(world, 'registrations')).toMatchObject([{ status: 'warning' }]);
});
