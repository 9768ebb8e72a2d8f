import { proto } from '@whiskeysockets/baileys';
import { expect, it } from 'vitest';
import { joinSessionRecord, maxArchivedStates, splitSessionRecord } from './session-record.ts';

const state = (version: number, length = 0) =>
  proto.SessionStructure.encode({
    sessionVersion: version,
    rootKey: Buffer.alloc(length, 7),
  }).finish();

it('splits what protobuf wrote and joins it to the same bytes', () => {
  const record = Buffer.from(
    proto.RecordStructure.encode({
      currentSession: { sessionVersion: 3, rootKey: Buffer.alloc(300, 7) },
      previousSessions: [{ sessionVersion: 2 }, { rootKey: Buffer.alloc(20_000, 1) }],
    }).finish(),
  );
  const states = splitSessionRecord(record);
  expect(Buffer.from(states.current!)).toEqual(Buffer.from(state(3, 300)));
  expect(states.archived).toHaveLength(2);
  expect(joinSessionRecord(states)).toEqual(record);
});

it('keeps fields it does not know', () => {
  const unknown = Buffer.from([0xfa, 0x07, 0x01, 0x2a]);
  const record = joinSessionRecord({ current: unknown, archived: [] });
  expect(Buffer.from(splitSessionRecord(record).current!)).toEqual(unknown);
});

it('has no current state when there is none or it is empty', () => {
  expect(splitSessionRecord(Buffer.alloc(0))).toEqual({ current: undefined, archived: [] });
  expect(splitSessionRecord(Buffer.from([0x0a, 0])).current).toBeUndefined();
});

it('drops the oldest states beyond the limit', () => {
  const archived = Array.from({ length: maxArchivedStates + 5 }, (_, index) => state(index + 1));
  const kept = splitSessionRecord(joinSessionRecord({ current: undefined, archived })).archived;
  expect(kept.map((bytes) => proto.SessionStructure.decode(bytes).sessionVersion)).toEqual(
    Array.from({ length: maxArchivedStates }, (_, index) => index + 1),
  );
});

it.each([
  ['cut short', [0x0a, 5, 1]],
  ['without a length', [0x0a]],
  ['of another kind', [0x1a, 0]],
  ['with an absurd length', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x01]],
])('refuses a record %s', (_, bytes) => {
  expect(() => splitSessionRecord(Buffer.from(bytes))).toThrow(/session record/);
});
