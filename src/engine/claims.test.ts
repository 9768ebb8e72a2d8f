import { afterEach, beforeEach, expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { planTask } from '../core/task.ts';
import { type Db, openDatabase } from '../db/database.ts';
import { createStores, type Stores } from '../db/stores.ts';
import { systemRandomBytes } from '../random.ts';
import { createClaimRun } from './claim-run.ts';
import { createClaimSlots } from './claim-slots.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 21, 12);
const family = registeredGroupSchema.parse({ jid: '1@g.us', folder: 'family', name: 'Family' });
const start = { id: 'run-1', provider: 'claude', model: 'm' } as const;

let db: Db;
let stores: Stores;
let nowMs: number;
beforeEach(() => {
  db = openDatabase(':memory:');
  stores = createStores(db);
  nowMs = NOON;
});
afterEach(() => db.close());

const claimSlots = () =>
  createClaimSlots({
    db,
    ...stores,
    findGroup: () => family,
    randomBytes: systemRandomBytes,
  })(nowMs);
const claimRun = () => createClaimRun({ db, ...stores, now: () => nowMs })(family, start);

function scheduleHourly(folder: string): void {
  const hourly = {
    scheduleType: 'cron',
    scheduleValue: '0 * * * *',
    contextMode: 'group',
  } as const;
  const planned = planTask({ ...hourly, prompt: 'x' }, { now: NOON, timeZone: 'UTC' });
  if (!planned.ok) throw new Error(planned.error);
  const place = { id: 'task', folder, chatJid: family.jid, createdBy: 'test' };
  stores.tasks.insert(planned.plan, { ...place, nextRunAt: NOON + HOUR, now: NOON });
}

const slots = () =>
  stores.taskRuns
    .history('task', 10)
    .toReversed()
    .map(({ scheduledFor, missedUntil, reason }) => [
      (scheduledFor - NOON) / HOUR,
      missedUntil === null ? null : (missedUntil - NOON) / HOUR,
      reason,
    ]);

test('where nothing waits there is no run', () => {
  expect(claimRun()).toBeUndefined();
});

test('a slot of a folder that the chat had before is given up, and nothing runs for it', () => {
  scheduleHourly('earlier');
  stores.taskRuns.claim({ taskId: 'task', scheduledFor: NOON, now: NOON });
  expect(claimRun()).toBeUndefined();
  expect(slots()).toEqual([[0, null, 'unregistered']]);
});

test('slots that are missed behind one which ran before the clock was set back are recorded', () => {
  scheduleHourly('family');
  nowMs = NOON + HOUR;
  claimSlots();
  nowMs = NOON;
  stores.tasks.setStatus('task', { status: 'paused' }, nowMs);
  stores.tasks.setStatus('task', { status: 'active', nextRunAt: NOON + HOUR }, nowMs);
  nowMs = NOON + 5.5 * HOUR;
  claimSlots();
  expect(slots()).toEqual([
    [1, null, 'paused'],
    [2, 5, 'missed'],
    [5, null, null],
  ]);
});

test('a run that is asked for takes the place of no slot', () => {
  scheduleHourly('family');
  stores.taskRuns.runNow('task', NOON);
  stores.taskRuns.finish(stores.taskRuns.openOf('task')!, { state: 'answered', now: NOON });
  stores.taskRuns.runNow('task', NOON + 5);
  const times = stores.taskRuns.history('task', 10).map(({ scheduledFor }) => scheduledFor - NOON);
  expect(times).toEqual([5, 1]);
});
