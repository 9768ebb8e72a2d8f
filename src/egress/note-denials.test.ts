import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EgressDenial } from '../core/egress.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createRunDenials, readDenials } from '../db/run-denials.ts';
import { insertRun } from '../db/story-rows.fixture.ts';
import { createLogger } from '../logger.ts';
import { noteDenials } from './note-denials.ts';

const RUN = { runId: 'run-0a1b2c3d4e5f6071', folder: 'family' };
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
  return noteDenials({ runDenials: createRunDenials(db), logger, now: () => 1_000 }, RUN);
}

test('what is denied is known at once, and how often with the end of the run', () => {
  {
    using notes = startNotes();
    notes.note(DENIAL);
    notes.note(DENIAL);
    notes.note({ ...DENIAL, port: 80 });
    notes.note(DENIAL);
    expect(readDenials(db, RUN.runId)).toMatchObject([{ port: 80 }, { port: 443, count: 1 }]);
  }
  expect(readDenials(db, RUN.runId)).toEqual([
    { ...DENIAL, port: 80, count: 1 },
    { ...DENIAL, count: 3 },
  ]);
});

test('the log has one line for each destination of a run', () => {
  using notes = startNotes();
  for (const port of [443, 443, 443, 80]) notes.note({ ...DENIAL, port });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { msg: 'destination denied', ...RUN, ...DENIAL },
    { msg: 'destination denied', ...RUN, ...DENIAL, port: 80 },
  ]);
});

test('an agent that tries everything writes fifty destinations, in the database and in the log', () => {
  using notes = startNotes();
  for (let port = 1; port <= 1_000; port += 1) notes.note({ ...DENIAL, port });
  expect(readDenials(db, RUN.runId)).toHaveLength(50);
  expect(lines).toHaveLength(50);
});

test('a host that takes a run over adds to what the host before it noted', () => {
  for (let host = 0; host < 2; host += 1) {
    using notes = startNotes();
    for (let port = 1; port <= 50; port += 1) notes.note({ ...DENIAL, port: port + 30 * host });
  }
  const kept = readDenials(db, RUN.runId);
  expect(kept).toHaveLength(50);
  expect(kept.filter(({ count }) => count === 2)).toHaveLength(20);
});
