import { describe, expect, it } from 'vitest';
import { answer, ask, notice, request, show } from './doctored.fixture.ts';
import { findUnaccounted } from './find-unaccounted.ts';
import type { Visible } from './visible.ts';

const CAUSES = { triggers: [ask('T1')], requests: [request('M', 'M1')], tasks: [], slots: [] };

function isUnaccounted(...visible: Visible[]): boolean {
  return findUnaccounted(visible, CAUSES).length > 0;
}

describe('a message of the assistant', () => {
  it('is accounted for by a question, a request, or the answer that it goes on with', () => {
    expect(isUnaccounted(answer('m1', 'T1'), show('m2', 'More of run-a-1.'))).toBe(false);
    expect(isUnaccounted(notice('m1', 'id-T1'), show('m2', 'Message M1 of run-a-1'))).toBe(false);
  });

  it.each([
    ['names no question', answer('m1', '')],
    ['names a question that nobody asked', answer('m1', 'T1, T2')],
    ['is in another chat than its question', { ...answer('m1', 'T1'), chat: 'work@g.us' }],
    ['goes on with an answer that is not there', show('m1', 'More of run-a-1.')],
    ['was asked for by a file that never lay whole in a mailbox', show('m1', 'Message M2 of …')],
    ['is of a slot that has no record', show('m1', 'Task S1 of Sat 2026-11-21 12:01 by run-a-1')],
    ['quotes what was no question', notice('m1', 'id-C3')],
    ['quotes a question and says something of its own', show('m1', 'Hm?', { quotedId: 'id-T1' })],
  ])('is not when it %s', (_, message) => {
    expect(isUnaccounted(message)).toBe(true);
  });
});
