import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { missingCredential, type UsableCredential } from '../core/credential.ts';
import { registeredGroupSchema } from '../core/group.ts';
import type { Run } from '../db/runs.ts';
import { createLogger } from '../logger.ts';
import type { Admission, GatewayEntry } from '../ports.ts';
import { createReadmissions, type ReadmissionsDeps } from './readmissions.ts';

const GROUP = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
const RUN: Run = {
  id: 'r',
  kind: 'messages',
  chatJid: GROUP.jid,
  folder: 'a',
  provider: 'responses',
  attempt: 2,
  model: 'openai/gpt-5.5',
  tries: 1,
  passed: [],
  containerId: 'c',
  outboxSeq: 0,
  createdAt: 0,
};
const CREDENTIAL: UsableCredential = {
  ok: true,
  secrets: { OPENAI_API_KEY: 'sk-canary' },
  onRefused: () => Promise.resolve('over'),
};
const ADMISSION: Admission = {
  access: { token: 't'.repeat(43) },
  settle: (outcome) => outcome,
  [Symbol.dispose]() {},
};

function world(changes: Partial<ReadmissionsDeps> = {}, run: Run = RUN) {
  const entries: GatewayEntry[] = [];
  const log: string[] = [];
  const destination = new PassThrough().on('data', (line) => log.push(String(line)));
  const readmissions = createReadmissions({
    runs: { running: () => [run] },
    gateway: {
      admit(entry) {
        entries.push(entry);
        return Promise.resolve(ADMISSION);
      },
    },
    findGroup: () => GROUP,
    resolveCredential: () => Promise.resolve(CREDENTIAL),
    tokensLeft: () => 500,
    logger: createLogger('info', { destination }),
    ...changes,
  });
  const readmit = async (folders: readonly string[] = ['a']) => {
    await readmissions.open(new Set(folders));
    return readmissions.take(run);
  };
  return { entries, log, readmit, readmissions };
}

test('an attempt of an earlier host comes through the door again, as itself and with what is left to it', async () => {
  const { entries, readmit, readmissions } = world();
  expect(await readmit()).toBe(ADMISSION);
  expect(entries).toEqual([
    {
      attemptId: 'r-2',
      runId: 'r',
      group: GROUP,
      route: {
        ref: { provider: 'openai', model: 'gpt-5.5' },
        name: 'openai/gpt-5.5',
        agent: 'responses',
      },
      credential: CREDENTIAL,
      tokensLeft: 500,
      isAdopted: true,
    },
  ]);
  expect(readmissions.take(RUN)).toBeUndefined();
});

const MOVED = registeredGroupSchema.parse({ ...GROUP, folder: 'b' });

test.each<[string, Partial<ReadmissionsDeps>, Partial<Run>, readonly string[]]>([
  ['of a group that is registered no more', { findGroup: () => undefined }, {}, ['a']],
  ['whose container has no door', {}, {}, ['b']],
  ['of a chat that has another folder by now', { findGroup: () => MOVED }, {}, ['a', 'b']],
  ['that had no model yet', {}, { model: null }, ['a']],
  ['whose model has no name that is known', {}, { model: 'what is this' }, ['a']],
])(
  'nothing is opened for an attempt %s, and no credential is looked for',
  async (_name, changes, run, folders) => {
    const { entries, log, readmit } = world(
      { ...changes, resolveCredential: fail },
      { ...RUN, ...run },
    );
    expect(await readmit(folders)).toBeUndefined();
    expect(entries).toEqual([]);
    expect(log).toEqual([]);
  },
);

test('an attempt without a credential is let through to hear that there is none, and the log says so', async () => {
  const missing = missingCredential('openai', 'no sign-in');
  const { entries, log, readmit } = world({ resolveCredential: () => Promise.resolve(missing) });
  expect(await readmit()).toBe(ADMISSION);
  expect(entries).toMatchObject([{ attemptId: 'r-2', credential: { ok: true, secrets: {} } }]);
  expect(await entries[0]?.credential.onRefused()).toBe('over');
  expect(log.join()).toContain('a run that goes on has no credential');
});

test.each<[string, Partial<ReadmissionsDeps>]>([
  ['a door that cannot be opened', { gateway: { admit: fail } }],
  ['a store of credentials that cannot be read', { resolveCredential: fail }],
])('%s keeps nobody from adopting the run', async (_name, changes) => {
  const { log, readmit } = world(changes);
  expect(await readmit()).toBeUndefined();
  expect(log.join()).toContain('no space left');
});

function fail(): Promise<never> {
  return Promise.reject(new Error('no space left'));
}
