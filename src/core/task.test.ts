import { expect, test } from 'vitest';
import { formatLocal } from './schedule/local-time.ts';
import { planChange, planTask, type TaskInput } from './task.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const setting = { now: NOW, timeZone: 'Europe/Berlin' };
const input: TaskInput = {
  prompt: 'Say good morning',
  scheduleType: 'cron',
  scheduleValue: '0 9 * * 1-5',
  contextMode: 'group',
};

function refusal(changes: Partial<TaskInput>): string {
  const planned = planTask({ ...input, ...changes }, setting);
  return planned.ok ? 'taken' : planned.error;
}

test('a task is planned with its next five times, which read well in local time', () => {
  const planned = planTask(input, setting);
  if (!planned.ok) throw new Error(planned.error);
  expect(planned.nextRuns.map((at) => formatLocal(at, 'Europe/Berlin'))).toEqual([
    'Mon 2026-11-23 09:00',
    'Tue 2026-11-24 09:00',
    'Wed 2026-11-25 09:00',
    'Thu 2026-11-26 09:00',
    'Fri 2026-11-27 09:00',
  ]);
});

test('a task that runs once has one time, and none in the past', () => {
  const once = { scheduleType: 'once', scheduleValue: '2026-11-21T13:30' } as const;
  const planned = planTask({ ...input, ...once }, setting);
  expect(planned).toMatchObject({ ok: true, nextRuns: [NOW + 30 * 60_000] });
  expect(refusal({ ...once, scheduleValue: '2026-11-21T12:59' })).toMatch(/in the past/);
});

test.each<[string, Partial<TaskInput>, RegExp]>([
  ['an empty prompt', { prompt: ' \n' }, /prompt is empty/],
  ['control characters', { prompt: 'a\u001b[2Jb' }, /control characters/],
  ['half a character', { prompt: 'a\ud800b' }, /control characters/],
  ['a prompt beyond its limit', { prompt: 'x'.repeat(16_001) }, /longer than 16000/],
  ['a script beyond its limit', { script: 'x'.repeat(32_001) }, /longer than 32000/],
  ['an empty script', { script: '' }, /script is empty/],
])('%s is refused', (_name, changes, reason) => {
  expect(refusal(changes)).toMatch(reason);
});

test('characters are counted as requests count them, an emoji as one', () => {
  const planned = planTask({ ...input, prompt: '😀'.repeat(16_000) }, setting);
  expect(planned).toMatchObject({ ok: true });
  expect(refusal({ prompt: '😀'.repeat(16_001) })).toMatch(/longer than 16000/);
});

test('a change of the text keeps the rhythm of an interval, a change of the schedule begins anew', () => {
  const planned = planTask({ ...input, scheduleType: 'interval', scheduleValue: '1h' }, setting);
  if (!planned.ok) throw new Error(planned.error);
  const later = { ...setting, now: NOW + 10 * 60_000 };
  const reworded = planChange(planned.plan, { prompt: 'Say hello' }, later);
  expect(reworded).toMatchObject({ ok: true, plan: { prompt: 'Say hello' } });
  expect(reworded.ok && reworded.nextRuns[0]).toBe(NOW + 3_600_000);
  const faster = planChange(planned.plan, { scheduleValue: '30m' }, later);
  expect(faster.ok && faster.nextRuns[0]).toBe(NOW + 40 * 60_000);
  expect(planChange(planned.plan, { scheduleValue: '1s' }, later)).toMatchObject({ ok: false });
});
