import type { SignalKeyStore, SignalRepositoryWithLIDStore } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OwnDevice, openOwnDevice } from './own-device.fixture.ts';
import {
  createMemoryKeyStore,
  createStockPhone,
  publishBundle,
  type StockPhone,
} from './stock-phone.fixture.ts';

const ownJid = '7001@lid';
const phoneJid = '9001@lid';
const phonePn = '4915112345@s.whatsapp.net';

type Encrypted = Awaited<ReturnType<SignalRepositoryWithLIDStore['encryptMessage']>>;

let own: OwnDevice;
let phone: StockPhone;
let phoneKeys: SignalKeyStore;

beforeEach(() => {
  own = openOwnDevice();
  phoneKeys = createMemoryKeyStore();
  phone = createStockPhone(phoneKeys);
});
afterEach(() => own[Symbol.dispose]());

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const decrypt = (message: Encrypted, jid = phoneJid) =>
  own.repository.decryptMessage({ jid, ...message });
const decryptAtPhone = (message: Encrypted) =>
  phone.repository.decryptMessage({ jid: ownJid, ...message });
const send = (body: string, jid = phoneJid) =>
  own.repository.encryptMessage({ jid, data: Buffer.from(body) });
const sendFromPhone = (body: string) =>
  phone.repository.encryptMessage({ jid: ownJid, data: Buffer.from(body) });

async function beginFromPhone(): Promise<void> {
  const session = await publishBundle(own.auth, own.auth.keys);
  await phone.repository.injectE2ESession({ jid: ownJid, session });
}

async function beginFromOwn(jid = phoneJid, preKeyId = 1): Promise<void> {
  const session = await publishBundle(phone, phoneKeys, preKeyId);
  await own.repository.injectE2ESession({ jid, session });
}

/** Both sides have answered once: messages are of type `msg` in both directions. */
async function establish(): Promise<void> {
  await beginFromPhone();
  await decrypt(await sendFromPhone('hello'));
  await decryptAtPhone(await send('hello back'));
}

describe('a session with the stock JavaScript repository', () => {
  it('begun by the phone carries messages both ways and spends the pre-key', async () => {
    await beginFromPhone();
    const first = await sendFromPhone('one');
    expect(first.type).toBe('pkmsg');
    expect(text(await decrypt(first))).toBe('one');
    expect(await own.auth.keys.get('pre-key', ['1'])).toEqual({});
    const answer = await send('two');
    expect(answer.type).toBe('msg');
    expect(text(await decryptAtPhone(answer))).toBe('two');
    expect(text(await decrypt(await sendFromPhone('three')))).toBe('three');
  });

  it('begun by us carries messages both ways', async () => {
    await beginFromOwn();
    const first = await send('one');
    expect(first.type).toBe('pkmsg');
    expect(text(await decryptAtPhone(first))).toBe('one');
    expect(text(await decrypt(await sendFromPhone('two')))).toBe('two');
    expect((await send('three')).type).toBe('msg');
  });

  it('reads messages out of order', async () => {
    await establish();
    const sent = [await sendFromPhone('a'), await sendFromPhone('b'), await sendFromPhone('c')];
    const read = [];
    for (const message of sent.reverse()) read.push(text(await decrypt(message)));
    expect(read).toEqual(['c', 'b', 'a']);
  });

  it('refuses a spent key with the words on which Baileys sends no retry receipt', async () => {
    await establish();
    const message = await sendFromPhone('once');
    await decrypt(message);
    await expect(decrypt(message)).rejects.toThrow(/^Key used already or never filled$/);
  });

  it('says that there is no session', async () => {
    await establish();
    const message = await sendFromPhone('lost');
    await own.repository.deleteSession([phoneJid]);
    expect(await own.repository.validateSession(phoneJid)).toEqual({
      exists: false,
      reason: 'no session',
    });
    await expect(decrypt(message)).rejects.toThrow(/^No session record$/);
  });

  it('tells base key and registration of the current session', async () => {
    await establish();
    const info = await own.repository.getSessionInfo(phoneJid);
    expect(info?.registrationId).toBe(phone.creds.registrationId);
    expect(info?.baseKey).toHaveLength(33);
    expect(await own.repository.getSessionInfo('4711@lid')).toBeNull();
  });

  it('refuses a bundle whose signed pre-key has a wrong signature', async () => {
    const bundle = await publishBundle(phone, phoneKeys);
    const session = {
      ...bundle,
      signedPreKey: { ...bundle.signedPreKey, signature: Buffer.alloc(64) },
    };
    await expect(own.repository.injectE2ESession({ jid: phoneJid, session })).rejects.toThrow(
      'Invalid signature!',
    );
    expect(await own.repository.validateSession(phoneJid)).toMatchObject({ exists: false });
  });

  it('treats a record of the JavaScript engine as absent', async () => {
    await own.auth.keys.set({ session: { '9001_1.0': { version: 'v1', _sessions: {} } as never } });
    expect(await own.repository.validateSession(phoneJid)).toMatchObject({ exists: false });
    await beginFromPhone();
    expect(text(await decrypt(await sendFromPhone('again')))).toBe('again');
  });

  it('survives a forged first message under another identity', async () => {
    await establish();
    const before = await own.auth.keys.get('identity-key', ['9001_1.0']);
    const forger = createStockPhone();
    await forger.repository.injectE2ESession({
      jid: ownJid,
      session: await publishBundle(own.auth, own.auth.keys, 2),
    });
    const forged = await forger.repository.encryptMessage({ jid: ownJid, data: Buffer.from('x') });
    const { ciphertext } = forged;
    ciphertext[ciphertext.length - 1] = (ciphertext.at(-1) ?? 0) ^ 1;
    await expect(decrypt(forged)).rejects.toThrow('No matching sessions found for message');
    expect(await own.auth.keys.get('identity-key', ['9001_1.0'])).toEqual(before);
    expect(text(await decrypt(await sendFromPhone('still me')))).toBe('still me');
  });

  it('can still read the old session after a first message under another identity', async () => {
    await establish();
    const other = createStockPhone();
    await other.repository.injectE2ESession({
      jid: ownJid,
      session: await publishBundle(own.auth, own.auth.keys, 2),
    });
    const first = await other.repository.encryptMessage({ jid: ownJid, data: Buffer.from('new') });
    expect(text(await decrypt(first))).toBe('new');
    expect(text(await decrypt(await sendFromPhone('old device')))).toBe('old device');
  });

  it('keeps the current session alive when a message arrives for an archived one', async () => {
    await establish();
    const late = await sendFromPhone('late');
    await beginFromOwn();
    const fresh = await send('new session');
    // The phone reads it, so its next message belongs to the new session.
    await decryptAtPhone(fresh);
    const current = await sendFromPhone('current');
    expect(text(await decrypt(late))).toBe('late');
    expect(text(await decrypt(current))).toBe('current');
    expect(text(await decrypt(await sendFromPhone('next')))).toBe('next');
    expect(text(await decryptAtPhone(await send('and back')))).toBe('and back');
  });
});

describe('a person with two addresses', () => {
  beforeEach(async () => {
    await own.repository.lidMapping.storeLIDPNMappings([{ lid: phoneJid, pn: phonePn }]);
  });

  it('loses none of 40 messages encrypted at once under both', async () => {
    await beginFromOwn();
    await decryptAtPhone(await send('opening'));
    await decrypt(await sendFromPhone('ready'));
    const bodies = Array.from({ length: 40 }, (_, index) => `message ${index}`);
    const sent = await Promise.all(
      bodies.map((body, index) => send(body, index % 2 === 0 ? phoneJid : phonePn)),
    );
    const read = [];
    for (const message of sent) read.push(text(await decryptAtPhone(message)));
    expect(read).toEqual(bodies);
  });

  it('loses nothing when the operations run inside different key transactions of Baileys', async () => {
    await beginFromOwn();
    await decryptAtPhone(await send('opening'));
    const bodies = Array.from({ length: 60 }, (_, index) => `message ${index}`);
    const sent = await Promise.all(
      bodies.map((body, index) =>
        own.keys.transaction(async () => {
          const [direct] = await Promise.all([
            send(body),
            own.repository.encryptGroupMessage({
              group: `${index % 3}@g.us`,
              meId: ownJid,
              data: Buffer.from(body),
            }),
          ]);
          return direct;
        }, `transaction ${index}`),
      ),
    );
    const read = [];
    for (const message of sent) read.push(text(await decryptAtPhone(message)));
    expect(read.sort()).toEqual(bodies.sort());
  });

  it('finds a mapping learned inside a transaction that is not committed yet', async () => {
    await own.keys.transaction(async () => {
      await own.repository.lidMapping.storeLIDPNMappings([
        { lid: '55@lid', pn: '66@s.whatsapp.net' },
      ]);
      await beginFromOwn('66@s.whatsapp.net');
      expect(await own.repository.validateSession('55@lid')).toEqual({ exists: true });
    }, 'sending');
  });
});

describe('moving sessions from a phone number to its LID', () => {
  it('moves every device and its identity', async () => {
    await beginFromOwn(phonePn);
    await beginFromOwn('4915112345:7@s.whatsapp.net', 2);
    expect(await own.repository.migrateSession(phonePn, phoneJid)).toEqual({
      migrated: 2,
      skipped: 0,
      total: 2,
    });
    const moved = await own.auth.keys.get('session', ['4915112345.0', '9001_1.0', '9001_1.7']);
    expect(Object.keys(moved)).toEqual(['9001_1.0', '9001_1.7']);
    expect(text(await decryptAtPhone(await send('after the move')))).toBe('after the move');
  });

  it('keeps a session that the LID has already and can still read for the old one', async () => {
    await beginFromOwn(phonePn);
    await decryptAtPhone(await send('old', phonePn));
    const late = await sendFromPhone('for the old session');
    await beginFromOwn(phoneJid, 2);
    const info = await own.repository.getSessionInfo(phoneJid);
    await own.repository.migrateSession(phonePn, phoneJid);
    expect(await own.repository.getSessionInfo(phoneJid)).toEqual(info);
    expect(text(await decrypt(late))).toBe('for the old session');
  });

  it('moves nothing in the other direction', async () => {
    await beginFromOwn();
    expect(await own.repository.migrateSession(phoneJid, phonePn)).toMatchObject({ migrated: 0 });
  });
});
