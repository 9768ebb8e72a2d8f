import type { WAMessage } from '@whiskeysockets/baileys';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { openDatabase } from '../../db/database.ts';
import { InboundPump, type InboundPumpDeps } from './inbound-pump.ts';
import { loadAuthState } from './signal/auth-state.ts';
import { createJournal } from './signal/journal.ts';

const logger = pino({ level: 'silent' });

function wa(id: string, message: WAMessage['message'] = { conversation: id }): WAMessage {
  const key = { remoteJid: '1@g.us', participant: '5@lid', fromMe: false, id };
  return { key, messageTimestamp: 1, message };
}

function makePump(deps: Partial<InboundPumpDeps> = {}): { pump: InboundPump; texts: string[] } {
  const db = openDatabase(':memory:');
  const texts: string[] = [];
  const pump = new InboundPump({
    journal: createJournal({ db, isInInbox: () => false, now: () => 0, logger }),
    keys: loadAuthState(db).keys,
    own: () => ({ phone: '1@s.whatsapp.net' }),
    onMessage: ({ text }) => void texts.push(text),
    onStored: () => {},
    onFailure: () => {},
    now: () => 0,
    logger,
    ...deps,
  });
  return { pump, texts };
}

test('messages are handed on one after the other, in the order they came', async () => {
  const { pump, texts } = makePump();
  pump.accept([wa('a'), wa('b')]);
  pump.accept([wa('c')]);
  await pump.idle();
  expect(texts).toEqual(['a', 'b', 'c']);
});

test('a message that cannot be read does not keep out those behind it', async () => {
  const unreadable = Object.defineProperty({}, 'conversation', {
    enumerable: true,
    get: () => {
      throw new Error('broken');
    },
  });
  const { pump, texts } = makePump();
  pump.accept([wa('a'), wa('x', unreadable), wa('b')]);
  await pump.idle();
  expect(texts).toEqual(['a', 'b']);
});

test('behind a message that the store refuses none is taken until a replay', async () => {
  const seen: string[] = [];
  const failures: unknown[] = [];
  const refused = new Error('disk full');
  const { pump } = makePump({
    onMessage: ({ text }) => {
      seen.push(text);
      if (text === 'b') throw refused;
    },
    onFailure: (error) => void failures.push(error),
  });
  pump.accept([wa('a'), wa('b'), wa('c')]);
  pump.accept([wa('d')]);
  await pump.idle();
  expect(seen).toEqual(['a', 'b']);
  expect(failures).toEqual([refused]);
  expect(await pump.replay()).toBe(true);
  pump.accept([wa('e')]);
  await pump.idle();
  expect(seen).toEqual(['a', 'b', 'e']);
});

test('a key store that fails keeps the message for later', async () => {
  const failures: unknown[] = [];
  const { pump, texts } = makePump({
    keys: {
      get: () => {
        throw new Error('disk gone');
      },
    },
    onFailure: (error) => void failures.push(error),
  });
  pump.accept([wa('a')]);
  await pump.idle();
  expect(texts).toEqual([]);
  expect(failures).toEqual([new Error('disk gone')]);
});

test('without a linked phone nothing is read and nothing is lost', async () => {
  const removed: unknown[] = [];
  const journal = { ...emptyJournal(), remove: (key: unknown) => void removed.push(key) };
  const { pump, texts } = makePump({ own: () => undefined, journal });
  expect(await pump.replay()).toBe(true);
  pump.accept([wa('a')]);
  await pump.idle();
  expect([texts, removed]).toEqual([[], []]);
});

test('a stub leaves its id for the real message, and what is no message leaves the journal', async () => {
  const removed: unknown[] = [];
  const journal = {
    ...emptyJournal(),
    remove: ({ id }: { id: string }) => void removed.push(id),
  };
  const { pump, texts } = makePump({ journal });
  pump.accept([
    { ...wa('s', {}), messageStubType: 2 },
    wa('r', { reactionMessage: { text: '👍' } }),
    wa('s'),
  ]);
  await pump.idle();
  expect(removed).toEqual(['r']);
  expect(texts).toEqual(['s']);
});

test('a journal that cannot be read is a store that refuses', async () => {
  const failures: unknown[] = [];
  const journal = {
    ...emptyJournal(),
    pending: () => {
      throw new Error('disk gone');
    },
  };
  const { pump } = makePump({ journal, onFailure: (error) => void failures.push(error) });
  expect(await pump.replay()).toBe(false);
  expect(failures).toEqual([new Error('disk gone')]);
});

/** Settles at once and holds nothing. */
function emptyJournal(): InboundPumpDeps['journal'] {
  return {
    recordStanza: () => undefined,
    pending: () => [],
    settle: (_key, store) => store(),
    remove: () => undefined,
  };
}
