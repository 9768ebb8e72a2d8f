import { expect, test } from 'vitest';
import { brokenCredential } from '../../src/core/credential.ts';
import { createLogCensor } from '../../src/log-censor.ts';
import { createLogger } from '../../src/logger.ts';
import { HOUR, schedule } from '../engine/task-world.ts';
import { keyCredential, World } from '../engine/world.ts';
import { dumpRows } from './secrets/dump-rows.ts';

/** It has no shape by which a censor could know it. */
const CANARY = 'canary/of+the"house 4711';

interface Kept {
  readonly log: string;
  /** All rows of all tables, each behind the name of its own. */
  readonly stored: readonly string[];
}

/** Lets everything fail that can, each time with the secret in what is said about it. */
async function failEverywhere(secrets: readonly string[]): Promise<Kept> {
  const lines: string[] = [];
  await using world = new World();
  const destination = { write: (line: string) => void lines.push(line) };
  world.logger = createLogger('trace', { destination, secrets });
  world.censor = createLogCensor(secrets);
  world.credentialFor = () => keyCredential({ secrets: { ANTHROPIC_API_KEY: CANARY } });
  const engine = world.startHost();
  world.open();
  world.channel.respondToDownload = (source) => {
    if (source === 'gone') return { status: 'failed', reason: CANARY, isFinal: true };
    throw new Error(`download with ${CANARY}`, { cause: new Error(CANARY) });
  };
  world.channel.outcomes = [
    { status: 'unconfirmed', reason: CANARY },
    { status: 'rejected', reason: CANARY },
  ];
  const detail = `401 for ${CANARY}`;
  world.runner.respond = () => ({
    status: 'failed',
    class: world.runner.runs.length === 1 ? 'model' : 'refused',
    detail,
    hasSideEffects: false,
  });
  engine.ingest(world.message({ media: { kind: 'image', source: 'S' } }));
  await world.passWaits(120_000);
  engine.ingest(world.message({ media: { kind: 'image', source: 'gone' } }));
  await world.passWaits(120_000);
  world.credentialFor = () => brokenCredential('anthropic', detail);
  engine.ingest(world.message());
  schedule(world);
  await world.passUntil(world.nowMs + 2 * HOUR);
  const stored = dumpRows(world.db!);
  await world.stopHost();
  return { log: lines.join(''), stored };
}

const FORMS = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1)];

test('T22: no line of the log holds a secret of the configuration, whatever fails', async () => {
  const { log } = await failEverywhere([CANARY]);
  expect(log).toContain('[redacted]');
  for (const form of FORMS) expect(log).not.toContain(form);
});

test('T22: no row of the database that `why`, `runs` and the console show holds one either', async () => {
  const { stored } = await failEverywhere([CANARY]);
  expect(stored.filter((row) => row.includes('401 for [redacted]'))).not.toEqual([]);
  expect(stored.filter((row) => FORMS.some((form) => row.includes(form)))).toEqual([]);
});

test('T22: a log and a database that knew nothing of the secret would hold it', async () => {
  const { log, stored } = await failEverywhere([]);
  expect(log).toContain(JSON.stringify(CANARY).slice(1, -1));
  const byName = (one = '', other = '') => one.localeCompare(other);
  const telling = stored.filter((row) => row.includes(CANARY)).map((row) => row.split(' ')[0]);
  const tables = ['media', 'model_observations', 'outbox', 'run_attempts', 'runs', 'task_runs'];
  expect([...new Set(telling)].toSorted(byName)).toEqual(tables);
});
