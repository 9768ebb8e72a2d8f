import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOW } from '../../src/cli/cli-world.fixture.ts';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';
import { createModelStore } from '../../src/db/models.ts';
import { type DoctorWorld, GOOD_ENV } from './doctor-world.ts';
import type { Fault } from './faults.ts';

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

/** Of the credentials, the models and of what is left behind. */
export const usageFaults: readonly Fault[] = [...credentialFaults, ...modelFaults, ...orphanFaults];
