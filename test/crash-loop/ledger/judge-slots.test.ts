import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/core/task.ts';
import { show } from './doctored.fixture.ts';
import { judgeSlots, type SlotFact } from './judge-slots.ts';
import type { Visible } from './visible.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 10, 21, 12, 0, 0);

const TASK: Task = {
  id: 'task-S1',
  folder: 'family',
  chatJid: 'family@g.us',
  prompt: 'S1 tell the time',
  scheduleType: 'interval',
  scheduleValue: String(MINUTE),
  contextMode: 'isolated',
  timeZone: 'UTC',
  anchorAt: START,
  status: 'active',
  statusReason: null,
  nextRunAt: START + 2 * MINUTE,
  failures: 0,
  createdBy: 'agent:family',
  createdAt: START,
};

const slot = (minute: number, state: string, missedUntil: number | null = null): SlotFact => {
  return { taskId: TASK.id, scheduledFor: START + minute * MINUTE, state, missedUntil };
};
const said = (id: string, planned = 'Sat 2026-11-21 12:01'): Visible =>
  show(id, `Task S1 of ${planned} by run-a-1`);

const LEFT_OUT = show(
  'm9',
  'I could not run these scheduled tasks in time:\n- “S1 tell the time”: …',
);

function verdicts(slots: SlotFact[], visible: Visible[], task: Partial<Task> = {}): string[] {
  return judgeSlots([{ ...TASK, ...task }], slots, visible).map(({ verdict }) => verdict);
}

describe('the judgement of a slot', () => {
  it('is done when its answer is visible once', () => {
    expect(verdicts([slot(1, 'answered')], [said('m1')])).toEqual(['done']);
  });

  it('is twice when its answer is visible twice, in whatever state it is', () => {
    expect(verdicts([slot(1, 'answered')], [said('m1'), said('m2')])).toEqual(['twice']);
  });

  it('is twice when it was answered and is recorded otherwise', () => {
    for (const state of ['waiting', 'running', 'failed', 'silent']) {
      expect(verdicts([slot(1, state)], [said('m1')])).toEqual(['twice']);
    }
  });

  it('is lost when its answer is recorded and another time was answered', () => {
    expect(verdicts([slot(1, 'answered')], [said('m1', 'Sat 2026-11-21 12:02')])).toEqual(['lost']);
  });

  it('is lost when it failed and nobody was told', () => {
    const text = 'My scheduled task “S1 tell the time” of Sat 2026-11-21 12:01 failed because …';
    expect(verdicts([slot(1, 'failed')], [])).toEqual(['lost']);
    expect(verdicts([slot(1, 'failed')], [show('m1', text)])).toEqual(['done']);
  });

  it('is lost when it was left out and nobody was told, and when it ended without a word', () => {
    const later = { nextRunAt: START + 2 * MINUTE };
    expect(verdicts([slot(1, 'skipped')], [LEFT_OUT], later)).toEqual(['done']);
    expect(verdicts([slot(1, 'skipped')], [], later)).toEqual(['lost']);
    expect(verdicts([slot(1, 'silent')], [LEFT_OUT], later)).toEqual(['lost']);
  });

  it('is lost when its answer or its failure is in another chat, and twice when it is said twice', () => {
    const later = { nextRunAt: START + 2 * MINUTE };
    const elsewhere = { ...said('m1'), chat: 'work@g.us' };
    expect(verdicts([slot(1, 'answered')], [elsewhere], later)).toEqual(['lost']);
    const text = 'My scheduled task “S1 tell the time” of Sat 2026-11-21 12:01 failed because …';
    const failures = ['m1', 'm2'].map((id) => show(id, text));
    expect(verdicts([slot(1, 'failed')], failures, later)).toEqual(['twice']);
  });

  it('is lost when it failed and the chat was told of another thing', () => {
    const text =
      'My scheduled task “S1 tell the time” is still busy with its run of Sat 2026-11-21 12:01; I …';
    expect(verdicts([slot(1, 'failed')], [show('m1', text)])).toEqual(['lost']);
  });

  it('is lost when its time has come and there is no record', () => {
    expect(verdicts([], [])).toEqual(['lost']);
    const later = { nextRunAt: START + 4 * MINUTE };
    expect(
      verdicts([slot(1, 'answered'), slot(3, 'skipped')], [said('m1'), LEFT_OUT], later),
    ).toEqual(['done', 'done', 'lost']);
  });

  it('is covered by a record that stands for several', () => {
    const skipped = slot(1, 'skipped', START + 4 * MINUTE);
    expect(verdicts([skipped], [LEFT_OUT], { nextRunAt: START + 4 * MINUTE })).toEqual(['done']);
  });

  it('is done without a word when the next one ran for it, and only then', () => {
    const missed = slot(1, 'skipped', START + 2 * MINUTE);
    const next = { nextRunAt: START + 3 * MINUTE };
    const ran = said('m1', 'Sat 2026-11-21 12:02');
    expect(verdicts([missed, slot(2, 'answered')], [ran], next)).toEqual(['done', 'done']);
    expect(verdicts([missed, slot(2, 'skipped')], [], next)).toEqual(['lost', 'lost']);
  });

  it('of a task that was ended is missed only before the last record', () => {
    const ended = { status: 'cancelled', nextRunAt: null } as const;
    expect(verdicts([], [], ended)).toEqual([]);
    expect(verdicts([slot(2, 'skipped')], [], ended)).toEqual(['done', 'lost']);
  });

  it('of a task that runs once is lost when it is done without a record', () => {
    const once = {
      scheduleType: 'once',
      scheduleValue: new Date(START + MINUTE).toISOString(),
      status: 'done',
      nextRunAt: null,
    } as const;
    expect(verdicts([], [], once)).toEqual(['lost']);
    expect(verdicts([slot(1, 'answered')], [said('m1')], once)).toEqual(['done']);
  });
});
