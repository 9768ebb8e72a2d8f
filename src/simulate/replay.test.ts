import { expect, test } from 'vitest';
import { registeredGroupSchema } from '../core/group.ts';
import { openDatabase } from '../db/database.ts';
import { Replay, type ReplayedRun } from './replay.ts';

test('of a long chat only what a prompt can show is kept', () => {
  const db = openDatabase(':memory:');
  const group = registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a' });
  const settings = { group, assistantName: 'Assistant', timeZone: 'UTC', historyMessages: 40 };
  const runs: ReplayedRun[] = [];
  const replay = new Replay(db, { ...settings, ownJid: '0@s.whatsapp.net', runMs: 0 }, (run) => {
    runs.push(run);
  });
  for (let index = 1; index <= 9_000; index += 1) {
    const sentAt = index * 3_600_000;
    replay.passTime(sentAt);
    replay.receive({
      chatJid: group.jid,
      senderJid: '2@lid',
      senderName: 'Ana',
      id: `L${index}`,
      sentAt,
      text: index % 1_000 === 0 ? '@Assistant hi' : `line ${index}`,
      isFromMe: false,
      isGroup: true,
      mentions: [],
    });
    replay.startRun();
  }
  replay.finish();
  const count = (table: string) => db.prepare(`select count(*) from ${table}`).pluck().get();
  expect(count('messages')).toBeLessThanOrEqual(4_000);
  expect(count('runs')).toBeLessThanOrEqual(4);
  // All the same as with everything kept: 199 that were missed, the question, and 40 before them.
  expect(runs).toHaveLength(9);
  expect(runs.at(-1)?.prompt.split('<message ')).toHaveLength(201);
  expect(runs.at(-1)?.history.split('<message ')).toHaveLength(41);
  db.close();
});
