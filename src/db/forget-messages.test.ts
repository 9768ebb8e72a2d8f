import { expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createForgetMessages } from './forget-messages.ts';
import { createRunDenials } from './run-denials.ts';
import { createStores } from './stores.ts';

const message = (id: string) => ({
  chatJid: '1@g.us',
  senderJid: '2@lid',
  senderName: 'Ana',
  id,
  sentAt: 0,
  text: 'hi',
  isFromMe: false,
  isGroup: true,
  mentions: [],
});

test('old messages and their runs are forgotten, those that wait or are being answered are not', () => {
  const db = openDatabase(':memory:');
  const { inbox, runs } = createStores(db);
  const open = (id: string) => {
    runs.insert({
      id,
      kind: 'messages',
      chatJid: '1@g.us',
      folder: 'a',
      provider: 'claude',
      now: 0,
    });
    inbox.claimOpen('1@g.us', id);
  };
  inbox.insert(message('old'), 'name', 0);
  open('done');
  inbox.settleRun('done', 'answered');
  runs.finish('done', 'answered', 0);
  inbox.insert(message('claimed'), 'name', 0);
  open('running');
  inbox.insert(message('waiting'), 'name', 0);
  inbox.insert(message('context'), 'not_addressed', 0);
  inbox.insert(message('new'), 'not_addressed', 0);
  runs.insert({
    id: 'today',
    kind: 'messages',
    chatJid: '2@g.us',
    folder: 'b',
    provider: 'claude',
    now: 10,
  });
  runs.finish('today', 'answered', 10);
  createForgetMessages(db)(1, 10);
  const ids = db.prepare('select id from messages order by seq').pluck().all();
  expect(ids).toEqual(['claimed', 'waiting', 'new']);
  expect(db.prepare('select id from runs order by id').pluck().all()).toEqual(['running', 'today']);
  db.close();
});

test('what is known of a forgotten run or message is forgotten with it', () => {
  const db = openDatabase(':memory:');
  const { inbox, media, runAttempts, runs } = createStores(db);
  const [model, now] = ['a/b', 0];
  for (const id of ['old', 'new']) {
    runs.insert({ id, kind: 'messages', chatJid: '1@g.us', folder: 'a', provider: 'claude', now });
    inbox.insert(message(id), 'name', now);
    media.insert({ ...message(id), media: { kind: 'image', source: 'S' } });
    inbox.claimOpen('1@g.us', id);
    runAttempts.begin({ runId: id, attempt: 1, provider: 'claude', model, now });
    const denial = { host: 'example.com', port: 443, reason: 'policy', count: 1 } as const;
    createRunDenials(db).add({ ...denial, runId: id, now });
    inbox.settleRun(id, 'answered');
    runs.finish(id, 'answered', now);
  }
  createForgetMessages(db)(1, 10);
  const ids = (table: string) => db.prepare(`select run_id from ${table}`).pluck().all();
  expect([ids('messages'), ids('run_attempts'), ids('run_denials')]).toEqual([
    ['new'],
    ['new'],
    ['new'],
  ]);
  expect(db.prepare('select count(*) from media').pluck().get()).toBe(1);
  db.close();
});
