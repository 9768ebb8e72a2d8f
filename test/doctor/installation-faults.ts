import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkAccount, NOW } from '../../src/cli/cli-world.fixture.ts';
import { LABELS } from '../../src/containers/labels.ts';
import type { Db } from '../../src/db/database.ts';
import { storeLinkState } from '../../src/db/link-state.ts';
import { type DoctorWorld, GOOD_ENV } from './doctor-world.ts';
import type { Fault } from './faults.ts';

const goodEnv = ({ setEnv }: DoctorWorld) => setEnv(GOOD_ENV);
const stopped =
  (isOutdated: boolean) =>
  ({ cli }: DoctorWorld) =>
    cli.fill((db) =>
      storeLinkState(db, {
        status: 'stopped',
        at: NOW,
        reason: 'it ended',
        mend: 'Act.',
        isOutdated,
      }),
    );
const opened = ({ cli }: DoctorWorld) =>
  cli.fill((db) => storeLinkState(db, { status: 'open', at: NOW }));

const configurationFaults: Fault[] = [
  {
    ids: ['configuration.invalid'],
    fault: 'a value that cannot be read',
    inject: ({ setEnv }) => setEnv('IDLE_TIMEOUT=soon\n'),
    mend: goodEnv,
  },
  {
    ids: ['configuration.endpoint'],
    fault: "another server than WhatsApp's",
    inject: ({ setEnv }) => setEnv(`${GOOD_ENV}WHATSAPP_URL=wss://example.org\n`),
    mend: goodEnv,
  },
  {
    ids: ['configuration.endpoint'],
    fault: 'a server that anybody could stand in for',
    inject: ({ setEnv }) => setEnv(`${GOOD_ENV}WHATSAPP_URL=ws://example.org\n`),
    mend: goodEnv,
  },
  {
    ids: ['runtime.process'],
    fault: 'no isolation',
    inject: ({ setEnv }) => setEnv(`${GOOD_ENV}DECKHAND_RUNTIME=process\n`),
    mend: goodEnv,
  },
];

const dockerFaults: Fault[] = [
  {
    ids: ['docker.unreachable'],
    fault: 'an address where no engine is',
    inject: ({ setEnv, cli }) => {
      cli.environment['HIDDEN'] = cli.environment['DOCKER_HOST'] ?? '';
      cli.environment['DOCKER_HOST'] = `unix://${join(cli.home, 'nothing.sock')}`;
      setEnv(GOOD_ENV);
    },
    mend: ({ cli }) => void (cli.environment['DOCKER_HOST'] = cli.environment['HIDDEN'] ?? ''),
  },
  ...(['image.missing', 'image.outdated', 'image.foreign'] as const).map((id): Fault => {
    const labels = {
      'image.missing': undefined,
      'image.outdated': { [LABELS.imageHash]: '0000000000000000' },
      'image.foreign': {},
    }[id];
    let good: DoctorWorld['engine']['imageLabels'];
    return {
      ids: [id],
      fault: 'another image',
      inject({ engine }) {
        good = engine.imageLabels;
        delete engine.imageLabels;
        if (labels !== undefined) engine.imageLabels = labels;
      },
      mend: ({ engine }) => void (engine.imageLabels = good ?? {}),
    };
  }),
];

const linkFaults: Fault[] = [
  {
    ids: ['link.missing'],
    fault: 'no link',
    inject: ({ cli }) => cli.fill((db) => void db.exec('delete from wa_creds')),
    mend: ({ cli }) => cli.fill(linkAccount),
  },
  {
    ids: ['link.damaged'],
    fault: 'a link that cannot be read',
    inject: ({ cli }) => cli.fill((db) => void db.exec('update wa_creds set value = \'{"me":1}\'')),
    mend: ({ cli }) =>
      cli.fill((db) => {
        db.exec('delete from wa_creds');
        linkAccount(db);
      }),
  },
  { ids: ['link.ended'], fault: 'a link that was ended', inject: stopped(false), mend: opened },
  { ids: ['link.outdated'], fault: 'a refused version', inject: stopped(true), mend: opened },
];

function insertMessage(db: Db, receivedAt: number): void {
  db.prepare(`
    insert into messages (chat_jid, sender_jid, id, sender_name, sent_at, received_at, text, is_from_me, state, is_trigger)
    values ('1@g.us', '49@s.whatsapp.net', 'm1', 'Ann', 1, ?, 'hello', 0, 'context', 0)`).run(
    receivedAt,
  );
}

const permissionFaults: Fault[] = ['.env', 'data', 'data/deckhand.db'].map((name) => ({
  ids: ['permissions.mode'],
  fault: `${name} open to others`,
  inject: ({ cli }) => chmodSync(join(cli.home, name), name === 'data' ? 0o755 : 0o644),
  mend: 'fix',
}));

const clockFaults: Fault[] = [
  {
    ids: ['clock.behind'],
    fault: 'a message from the future',
    inject: ({ cli }) => cli.fill((db) => insertMessage(db, NOW + 3_600_000)),
    mend: ({ cli }) => cli.fill((db) => void db.exec('delete from messages')),
  },
];

const checkFaults: Fault[] = [
  {
    ids: ['check.failed'],
    fault: 'a list of copies that is a file',
    inject: ({ cli }) => writeFileSync(cli.paths.spool, ''),
    mend: ({ cli }) => rmSync(cli.paths.spool),
  },
];

/** Of the machine, the configuration, the engine and the link. */
export const installationFaults: readonly Fault[] = [
  ...configurationFaults,
  ...dockerFaults,
  ...linkFaults,
  ...permissionFaults,
  ...clockFaults,
  ...checkFaults,
];
