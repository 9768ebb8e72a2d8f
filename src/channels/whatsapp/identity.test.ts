import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { loadOthers, readOwnIdentity, toBareJid } from './identity.ts';
import { loadAuthState } from './signal/auth-state.ts';

describe('toBareJid', () => {
  test.each([
    ['15551234567:12@s.whatsapp.net', '15551234567@s.whatsapp.net'],
    ['15551234567_1:12@s.whatsapp.net', '15551234567@s.whatsapp.net'],
    ['15551234567@c.us', '15551234567@s.whatsapp.net'],
    ['1:99@hosted.lid', '1@lid'],
    ['1-2@G.US', '1-2@g.us'],
  ])('%s is %s', (jid, bare) => {
    expect(toBareJid(jid)).toBe(bare);
  });

  test.each(['', 'nonsense', '@lid', null, undefined])('%s is no JID', (jid) => {
    expect(toBareJid(jid)).toBeUndefined();
  });

  test('what is longer than any JID is none', () => {
    expect(toBareJid(`${'1'.repeat(124)}@lid`)).toHaveLength(128);
    expect(toBareJid(`${'1'.repeat(125)}@lid`)).toBeUndefined();
  });
});

test('our own identity leaves out the device', () => {
  expect(readOwnIdentity({ id: '1:7@s.whatsapp.net', lid: '2:7@lid' })).toEqual({
    phone: '1@s.whatsapp.net',
    lid: '2@lid',
  });
  expect(readOwnIdentity({ id: '1:7@s.whatsapp.net' })).toEqual({ phone: '1@s.whatsapp.net' });
  expect(readOwnIdentity(undefined)).toBeUndefined();
});

test('the other JID of a person is found where Baileys keeps it, in both directions', async () => {
  const db = openDatabase(':memory:');
  const { keys } = loadAuthState(db);
  await keys.set({ 'lid-mapping': { '1': '2', '2_reverse': '1' } });
  const asked = ['2@lid', '3@lid', '1@s.whatsapp.net', '4@s.whatsapp.net'];
  expect([...(await loadOthers(asked, keys))]).toEqual([
    ['2@lid', '1@s.whatsapp.net'],
    ['1@s.whatsapp.net', '2@lid'],
  ]);
  db.close();
});
