import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressDenial } from '../core/egress.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createRunDenials, readDenials } from '../db/run-denials.ts';
import { insertRun } from '../db/story-rows.fixture.ts';
import { createLogCensor } from '../log-censor.ts';
import { createLogger } from '../logger.ts';
import { createDenialNotes } from './note-denials.ts';

const RUN = { runId: 'run-0a1b2c3d4e5f6071', folder: 'family' };
const SECRET = 'house-4711';
const censor = createLogCensor([SECRET]);
const DENIAL: EgressDenial = { host: 'example.org', port: 443, reason: 'policy' };

let db: Db;
let lines: string[];

beforeEach(() => {
  db = openDatabase(':memory:');
  insertRun(db);
  lines = [];
});
afterEach(() => db.close());

function startNotes() {
  const logger = createLogger('info', { destination: { write: (line) => void lines.push(line) } });
  const note = createDenialNotes({
    runDenials: createRunDenials(db),
    logger,
    now: () => 1_000,
    censor,
  });
  return (port: number, host = DENIAL.host) => note(RUN, { ...DENIAL, host, port });
}

test('what is denied is known at once, its repetitions whenever they have doubled', () => {
  const note = startNotes();
  const known: number[] = [];
  for (let count = 1; count <= 9; count += 1) {
    note(443);
    known.push(readDenials(db, RUN.runId)[0]?.count ?? 0);
  }
  expect(known).toEqual([1, 2, 2, 4, 4, 4, 4, 8, 8]);
});

test('the log has one line for each destination of a run', () => {
  const note = startNotes();
  for (const port of [443, 443, 443, 80]) note(port);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'destination denied', ...RUN, ...DENIAL },
    { msg: 'destination denied', ...RUN, ...DENIAL, port: 80 },
  ]);
});

test('T22: a secret in the name of a host is not kept', () => {
  const note = startNotes();
  note(443, `${SECRET}.example.org`);
  expect(readDenials(db, RUN.runId)).toMatchObject([{ host: '[redacted].example.org' }]);
  expect(lines.join()).not.toContain(SECRET);
});

test('an agent that tries everything writes fifty destinations, in the database and in the log', () => {
  const note = startNotes();
  for (let port = 1; port <= 1_000; port += 1) note(port);
  expect(readDenials(db, RUN.runId)).toHaveLength(50);
  expect(lines).toHaveLength(50);
});

test('a host that takes a run over adds to what the host before it noted', () => {
  for (let host = 0; host < 2; host += 1) {
    const note = startNotes();
    for (let port = 1; port <= 50; port += 1) note(port + 30 * host);
  }
  const kept = readDenials(db, RUN.runId);
  expect(kept).toHaveLength(50);
  expect(kept.filter(({ count }) => count === 2)).toHaveLength(20);
});

test('the notes remember the newest runs only, and lose nothing of what is kept', () => {
  const note = createDenialNotes({
    runDenials: createRunDenials(db),
    logger: createLogger('silent'),
    now: () => 1_000,
    censor,
  });
  for (let index = 0; index <= 200; index += 1) {
    insertRun(db, { id: `run-${index}`, state: 'answered', finished_at: 1 });
    note({ runId: `run-${index}`, folder: 'family' }, DENIAL);
  }
  note({ runId: 'run-0', folder: 'family' }, DENIAL);
  expect(readDenials(db, 'run-0')).toEqual([{ ...DENIAL, count: 2 }]);
});

test('a denial that cannot be kept is told in the log, and denies no less for it', () => {
  const note = startNotes();
  db.close();
  note(443);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'destination denied', ...RUN, ...DENIAL },
    { msg: 'a denial is not kept', runId: RUN.runId, err: { message: expect.any(String) } },
  ]);
});
