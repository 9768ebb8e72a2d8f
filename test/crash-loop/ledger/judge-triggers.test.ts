import { describe, expect, it } from 'vitest';
import { ANA, answer, ask, BEN, notice } from './doctored.fixture.ts';
import { judgeTriggers } from './judge-triggers.ts';
import type { Trigger } from './ledger.ts';
import type { Visible } from './visible.ts';

const RUNS: Readonly<Record<string, string>> = { 'id-T1': 'run-a', 'id-T2': 'run-a' };

function verdicts(triggers: readonly Trigger[], visible: readonly Visible[]): string[] {
  return judgeTriggers(triggers, visible, (id) => RUNS[id]).map(({ verdict }) => verdict);
}

describe('the judgement of a question', () => {
  it('is answered when one message names it, also together with others', () => {
    expect(verdicts([ask('T1'), ask('T2')], [answer('m1', 'T1, T2')])).toEqual([
      'answered',
      'answered',
    ]);
  });

  it('is lost when nothing is visible', () => {
    expect(verdicts([ask('T1')], [])).toEqual(['lost']);
  });

  it('is lost when its answer names only a longer number', () => {
    expect(verdicts([ask('T1')], [answer('m1', 'T12')])).toEqual(['lost']);
  });

  it('is lost when everybody but the asker sees the answer', () => {
    const shown = { ...answer('m1', 'T1'), readers: new Set([BEN]) };
    expect(verdicts([ask('T1')], [shown])).toEqual(['lost']);
  });

  it('is lost when the answer is in another chat', () => {
    const shown = { ...answer('m1', 'T1'), chat: 'work@g.us' };
    expect(verdicts([ask('T1')], [shown])).toEqual(['lost']);
  });

  it('is duplicated when two messages name it, whoever sees them', () => {
    const other = { ...answer('m2', 'T1', 'run-a-2'), readers: new Set([BEN]) };
    expect(verdicts([ask('T1')], [answer('m1', 'T1'), other])).toEqual(['duplicated']);
  });

  it('is told when a notice quotes it or another question of its run', () => {
    expect(verdicts([ask('T1'), ask('T2')], [notice('m1', 'id-T2')])).toEqual(['told', 'told']);
  });

  it('is lost when a notice quotes a question of another run', () => {
    expect(verdicts([ask('T1')], [notice('m1', 'id-T3')])).toEqual(['lost']);
  });

  it('is duplicated by two notices, and by an answer and a notice', () => {
    expect(verdicts([ask('T1')], [notice('m1', 'id-T1'), notice('m2', 'id-T2')])).toEqual([
      'duplicated',
    ]);
    expect(verdicts([ask('T1')], [answer('m1', 'T1'), notice('m2', 'id-T2')])).toEqual([
      'duplicated',
    ]);
  });

  it('is told by a notice even if no run is known of it', () => {
    const trigger = ask('T9');
    expect(verdicts([trigger], [notice('m1', trigger.messageId)])).toEqual(['told']);
    expect(trigger.asker).toBe(ANA);
  });
});
