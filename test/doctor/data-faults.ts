import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { NOW } from '../../src/cli/cli-world.fixture.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createChats } from '../../src/db/chats.ts';
import type { Db } from '../../src/db/database.ts';
import { createModelStore } from '../../src/db/models.ts';
import { CHAT, type DoctorWorld, GOOD_ENV } from './doctor-world.ts';
import type { Fault } from './faults.ts';

const MIB = 1024 * 1024;
const LARGE = 80 * MIB;
const copyOf = ({ cli }: DoctorWorld) => join(cli.home, 'copy.db');
const backUp = (world: DoctorWorld) => copyFileSync(world.cli.paths.database, copyOf(world));

/** As the mend of a damaged database says. */
function restore(world: DoctorWorld): void {
  const { database } = world.cli.paths;
  for (const suffix of ['-wal', '-shm']) rmSync(`${database}${suffix}`, { force: true });
  copyFileSync(copyOf(world), database);
}

function damagePage({ cli }: DoctorWorld): void {
  let offset = 0;
  cli.fill((db) => {
    const root = db.prepare("select rootpage from sqlite_master where name = 'chats'").pluck();
    offset = (Number(root.get()) - 1) * Number(db.pragma('page_size', { simple: true }));
  });
  const bytes = readFileSync(cli.paths.database);
  writeFileSync(cli.paths.database, bytes.fill(0xff, offset, offset + 64));
}

/** Past the host's own way to open it, which checks references. */
function execRaw({ cli }: DoctorWorld, sql: string): void {
  const db = new Database(cli.paths.database);
  db.pragma('foreign_keys = off');
  db.exec(sql);
  db.close();
}

const held = new WeakMap<DoctorWorld, Db>();

/** Held open: the last to close it empties the log. */
function growWal(world: DoctorWorld): void {
  const db = new Database(world.cli.paths.database);
  db.pragma('wal_autocheckpoint = 0');
  db.exec('create table big (x); insert into big values (null)');
  const write = db.prepare('update big set x = randomblob(?)');
  for (let written = 0; written < LARGE; written += MIB) write.run(MIB);
  held.set(world, db);
}

const databaseFaults: Fault[] = [
  {
    ids: ['database.damaged'],
    fault: 'a damaged page',
    inject(world) {
      backUp(world);
      damagePage(world);
    },
    mend: restore,
  },
  {
    ids: ['database.unreadable'],
    fault: 'another file in its place',
    inject(world) {
      backUp(world);
      writeFileSync(world.cli.paths.database, 'x'.repeat(5_000));
    },
    mend: restore,
  },
  {
    ids: ['database.missing', 'link.missing'],
    fault: 'no database',
    inject(world) {
      backUp(world);
      rmSync(world.cli.paths.database);
    },
    mend: restore,
  },
  {
    ids: ['database.journal'],
    fault: 'another journal mode',
    inject: ({ cli }) => cli.fill((db) => void db.pragma('journal_mode = delete')),
    mend: ({ cli }) => cli.fill(() => undefined),
  },
  {
    ids: ['database.newer'],
    fault: 'the schema of a later version',
    inject(world) {
      backUp(world);
      execRaw(world, 'pragma user_version = 99');
    },
    mend: restore,
  },
  {
    ids: ['database.older'],
    fault: 'the schema of an earlier version',
    inject(world) {
      backUp(world);
      execRaw(world, 'pragma user_version = 1');
    },
    mend: restore,
  },
  {
    ids: ['database.references'],
    fault: 'a row that names nobody',
    inject: (world) =>
      execRaw(
        world,
        `insert into run_attempts (run_id, attempt, provider, model, started_at)
         values ('gone', 1, 'codex', 'm', 1)`,
      ),
    mend: (world) => execRaw(world, 'delete from run_attempts'),
  },
  {
    ids: ['database.wal'],
    fault: 'a log that is not written back',
    inject: growWal,
    mend: 'fix',
    after: (world) => void held.get(world)?.close(),
  },
  {
    ids: ['database.unused'],
    fault: 'pages that nobody uses',
    inject: ({ cli }) =>
      cli.fill((db) => {
        db.exec(`create table big (x); insert into big values (zeroblob(${LARGE}))`);
        db.exec('drop table big');
      }),
    mend: 'fix',
  },
];

const other = { name: 'Two', folder: 'one', isMain: true };
const registrationFaults: Fault[] = [
  {
    ids: ['registrations.none'],
    fault: 'nobody',
    inject: ({ cli }) => {
      cli.register({});
      rmSync(cli.paths.groupFolder('one'), { recursive: true });
    },
    mend: ({ cli, register }) => {
      register();
      mkdirSync(cli.paths.groupFolder('one'));
    },
  },
  {
    ids: ['registrations.invalid'],
    fault: 'no JSON',
    inject: ({ cli }) => writeFileSync(cli.paths.registrations, '{'),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'two mains',
    inject: ({ cli }) =>
      cli.register({
        [CHAT]: { name: 'One', folder: 'one', isMain: true },
        '2@g.us': { ...other, folder: 'two' },
      }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'one folder for two',
    inject: ({ cli }) =>
      cli.register({ [CHAT]: { name: 'One', folder: 'one' }, '2@g.us': { ...other } }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.invalid'],
    fault: 'a zone that is none',
    inject: ({ register }) => register({ timeZone: 'Europe/Nowhere' }),
    mend: ({ register }) => register(),
  },
  {
    ids: ['registrations.folder'],
    fault: 'a folder that is gone',
    inject: ({ cli }) => rmSync(cli.paths.groupFolder('one'), { recursive: true }),
    mend: 'fix',
  },
  {
    ids: ['registrations.folder'],
    fault: 'a link instead of a folder',
    inject({ cli }) {
      rmSync(cli.paths.groupFolder('one'), { recursive: true });
      symlinkSync('/tmp', cli.paths.groupFolder('one'));
    },
    mend({ cli }) {
      rmSync(cli.paths.groupFolder('one'));
      mkdirSync(cli.paths.groupFolder('one'));
    },
  },
  {
    ids: ['registrations.unknown'],
    fault: 'a group that the account is not in',
    inject: ({ cli }) =>
      cli.fill((db) => createChats(db).rename([{ jid: '9@g.us', name: 'Nine' }])),
    mend: ({ cli }) => cli.fill((db) => createChats(db).rename([{ jid: CHAT, name: 'One' }])),
  },
];

const signIn = {
  v: 1,
  kind: 'sign_in',
  accessToken: 'a',
  refreshToken: 'r',
  idToken: 'i',
  accountId: 'acct',
  expiresAt: NOW + 1,
  refreshedAt: NOW,
  signedInAt: NOW,
  source: 'browser',
} as const;
const storeOf = ({ cli }: DoctorWorld) => createCredentialStore({ folder: cli.paths.credentials });
const asCodex = (fields: object = {}) => ({
  provider: 'codex',
  model: 'openai/gpt-5.5',
  ...fields,
});

const credentialFaults: Fault[] = [
  {
    ids: ['credentials.missing'],
    fault: 'no key',
    inject: ({ setEnv }) => setEnv(''),
    mend: ({ setEnv }) => setEnv(GOOD_ENV),
  },
  {
    ids: ['credentials.unusable'],
    fault: 'a sign-in that is over',
    async inject(world) {
      const broken = { code: 'refresh_token_reused', at: NOW };
      await storeOf(world).write({ name: 'openai-codex' }, { ...signIn, broken });
    },
    mend: (world) => storeOf(world).write({ name: 'openai-codex' }, signIn),
  },
];

function askedBy(fields: object) {
  return ({ register, setEnv }: DoctorWorld) => {
    setEnv(`${GOOD_ENV}OPENAI_API_KEY=sk-test\n`);
    register(asCodex(fields));
  };
}
const askGood = askedBy({});

const modelFaults: Fault[] = [
  {
    ids: ['models.doubt'],
    fault: 'a retired model',
    inject: askedBy({
      model: { primary: 'openai/gpt-5.5', fallbacks: ['openai-codex/gpt-5.3-codex'] },
    }),
    mend: askGood,
  },
  {
    ids: ['models.none'],
    fault: 'no model that can be read',
    inject: askedBy({ model: 'x/y' }),
    mend: askGood,
  },
  {
    ids: ['models.unreadable'],
    fault: 'one model that cannot be read',
    inject: askedBy({ model: { primary: 'openai/gpt-5.5', fallbacks: ['x/y'] } }),
    mend: askGood,
  },
  {
    ids: ['models.cooling'],
    fault: 'a limit',
    inject(world) {
      askGood(world);
      world.cli.fill((db) =>
        createModelStore(db).coolDown('openai/gpt-5.5', 'quota', NOW + 60_000, 1),
      );
    },
    mend: ({ cli }) => cli.fill((db) => createModelStore(db).endCoolDown('openai/gpt-5.5')),
  },
];

const LONG_AGO_S = NOW / 1000 - 86_400;
const orphanFaults: Fault[] = [
  {
    ids: ['orphans.spool'],
    fault: 'a copy that no message needs',
    inject({ cli }) {
      mkdirSync(cli.paths.spool);
      writeFileSync(join(cli.paths.spool, 'abc'), '');
      utimesSync(join(cli.paths.spool, 'abc'), LONG_AGO_S, LONG_AGO_S);
    },
    mend: 'fix',
  },
  {
    ids: ['orphans.lock'],
    fault: 'a lock of a process that is gone',
    inject: ({ cli }) => writeFileSync(`${cli.paths.registrations}.lock`, '999999999 mark'),
    mend: 'fix',
  },
  {
    ids: ['orphans.folders'],
    fault: 'a mailbox of a group that is not registered',
    inject: ({ cli }) => void mkdirSync(cli.paths.ipc('two'), { recursive: true }),
    mend: ({ cli }) => rmSync(cli.paths.ipc('two'), { recursive: true }),
  },
];

/** Of the database, the registrations, the credentials, the models and of what is left behind. */
export const dataFaults: readonly Fault[] = [
  ...databaseFaults,
  ...registrationFaults,
  ...credentialFaults,
  ...modelFaults,
  ...orphanFaults,
];
