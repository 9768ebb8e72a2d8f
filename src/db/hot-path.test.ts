import { expect, test } from 'vitest';
import { type Db, openDatabase } from './database.ts';
import { createInbox } from './inbox.ts';
import { createLinkTimes } from './link-times.ts';
import { createModelStore } from './models.ts';
import { createOutbox } from './outbox.ts';
import { createRunAttempts } from './run-attempts.ts';
import { createRunUsage } from './run-usage.ts';
import { createRuns } from './runs.ts';
import { createTaskRuns } from './task-runs.ts';

/** The statements that one message or one run costs, as SQLite was given them. */
function hotStatements(
  creates: readonly ((db: Db) => unknown)[] = [createInbox, createOutbox, createRuns],
): { sql: string; plan: string[] }[] {
  const db = openDatabase(':memory:');
  const prepare = db.prepare.bind(db);
  const statements: string[] = [];
  const recording = Object.create(db, {
    prepare: {
      value(sql: string) {
        statements.push(sql);
        return prepare(sql);
      },
    },
  });
  for (const create of creates) create(recording);
  const plans = statements.map((sql) => {
    const text = `explain query plan ${sql.replaceAll(/:\w+|\?/g, 'null')}`;
    return { sql, plan: prepare<[], { detail: string }>(text).all() };
  });
  db.close();
  return plans.map(({ sql, plan }) => ({ sql, plan: plan.map((row) => row.detail) }));
}

test('no statement of a message or a run reads a whole table', () => {
  // Counted for the status command alone.
  const hot = hotStatements().filter(({ sql }) => !sql.includes('count(*)'));
  const details = hot.flatMap(({ plan }) => plan);
  expect(details.length).toBeGreaterThan(15);
  // A scan of a partial index reads only what is open.
  const scans = details.filter((detail) => /^SCAN (?!.*USING)/.test(detail));
  expect(scans).toEqual([]);
});

test('what is read of a chat comes in order from an index that holds no other chat', () => {
  const plans = hotStatements().filter(({ sql }) => /where chat_jid[^]*limit/.test(sql));
  expect(plans.length).toBeGreaterThan(3);
  for (const { plan } of plans) {
    expect(plan).toEqual([expect.stringMatching(/^SEARCH \w+ USING .*INDEX \w+ \(chat_jid=\?/)]);
  }
});

test('what came in during a gap is read without what came before', () => {
  const plans = hotStatements([createLinkTimes]).map(({ plan }) => plan);
  expect(plans.flat().filter((detail) => detail.startsWith('SCAN'))).toEqual([]);
  expect(plans.at(-1)).toContain('SEARCH messages USING INTEGER PRIMARY KEY (rowid>?)');
});

test('what a chat has used in a day is read from that day of that chat alone', () => {
  const [use, ...others] = hotStatements([createRunUsage]);
  expect(others).toEqual([]);
  expect(use?.plan).toEqual([
    'SEARCH r USING INDEX runs_by_chat (chat_jid=? AND created_at>? AND created_at<?)',
    expect.stringMatching(/^CORRELATED/),
    'SEARCH a USING PRIMARY KEY (run_id=?)',
  ]);
});

test('an attempt of a run is found by its key', () => {
  const plans = hotStatements([createRunAttempts]).flatMap(({ plan }) => plan);
  expect(plans.length).toBeGreaterThan(2);
  expect(new Set(plans)).toEqual(
    new Set(['SEARCH run_attempts USING PRIMARY KEY (run_id=? AND attempt=?)']),
  );
});

test('what was dropped is no part of the conversation that a prompt reads', () => {
  const history = hotStatements([createInbox]).filter(({ sql }) =>
    /'dropped'[^]*order by/.test(sql),
  );
  expect(history.map(({ plan }) => plan)).toEqual([
    ['SEARCH messages USING INDEX messages_settled (chat_jid=? AND seq<?)'],
  ]);
});

test('what waits is found without reading the history of its tasks', () => {
  const plans = hotStatements([createTaskRuns]).filter(({ sql }) =>
    /select[^]*state = 'waiting'/.test(sql),
  );
  expect(plans.length).toBeGreaterThan(3);
  for (const { plan } of plans) {
    expect(plan[0]).toMatch(/^SEARCH \w+ USING .*INDEX task_runs_waiting \(due_at/);
    expect(plan.join()).not.toContain('SCAN');
  }
});

test('a run finds what is stored of a model by its name, and reads as a whole only which models cool down', () => {
  const plans = hotStatements([createModelStore]);
  expect(plans.length).toBeGreaterThan(9);
  // Listed for commands alone.
  const hot = plans.filter(({ sql }) => !sql.includes('from model_observations order by'));
  const scans = hot.flatMap(({ plan }) => plan).filter((detail) => detail.startsWith('SCAN'));
  // Of those only what has not expired is kept, at most one row for each model that somebody chose.
  expect(new Set(scans)).toEqual(new Set(['SCAN model_cooldowns']));
});
