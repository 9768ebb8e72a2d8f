import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Curve, initAuthCreds, proto, type SignalDataSet } from '@whiskeysockets/baileys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Db } from '../../../db/database.ts';
import { readWaCreds, writeWaCreds } from '../../../db/wa-keys.ts';
import { clearAuthState, loadAuthState } from './auth-state.ts';
import { UnreadableCredsError } from './creds.ts';
import { openTestDatabase } from './own-device.fixture.ts';

let folder: string;
let db: Db;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'deckhand-auth-'));
  db = openTestDatabase(path.join(folder, 'deckhand.db'));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

function reopen(): void {
  db.close();
  db = openTestDatabase(path.join(folder, 'deckhand.db'));
}

function catchError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const account = proto.ADVSignedDeviceIdentity.fromObject({
  details: Buffer.from('details'),
  accountSignatureKey: Buffer.alloc(32, 1),
  accountSignature: Buffer.alloc(64, 2),
  deviceSignature: Buffer.alloc(64, 3),
});

describe('the identity', () => {
  it('is made once, stored at once and read back the same', () => {
    const first = loadAuthState(db);
    expect(first.isLinked()).toBe(false);
    reopen();
    const second = loadAuthState(db);
    expect(second.creds.signedIdentityKey).toEqual(first.creds.signedIdentityKey);
    expect(second.creds.noiseKey.private).toBeInstanceOf(Buffer);
  });

  it('keeps a link with everything Baileys sets on pairing', () => {
    const first = loadAuthState(db);
    Object.assign(first.creds, {
      me: { id: '4915112345:3@s.whatsapp.net', lid: '7001:3@lid', name: 'Deckhand' },
      account,
      routingInfo: Buffer.from([1, 2, 3]),
      processedHistoryMessages: [{ key: { id: 'A' }, messageTimestamp: 1 }],
    });
    first.saveCreds();
    reopen();
    const { creds, isLinked } = loadAuthState(db);
    expect(isLinked()).toBe(true);
    expect(creds.me).toEqual(first.creds.me);
    expect(creds.routingInfo).toEqual(Buffer.from([1, 2, 3]));
    const bytes = proto.ADVSignedDeviceIdentity.encode(creds.account!).finish();
    expect(Buffer.from(bytes)).toEqual(
      Buffer.from(proto.ADVSignedDeviceIdentity.encode(account).finish()),
    );
  });

  it('forgets a pairing code that nobody entered, so that the device can register again', () => {
    const first = loadAuthState(db);
    Object.assign(first.creds, {
      me: { id: '4915112345@s.whatsapp.net' },
      pairingCode: 'ABCD1234',
    });
    first.saveCreds();
    reopen();
    const { creds } = loadAuthState(db);
    expect(creds.me).toBeUndefined();
    expect(creds.pairingCode).toBeUndefined();
    expect(creds.noiseKey).toEqual(first.creds.noiseKey);
  });

  it.each([
    ['text that is not JSON', (text: string) => text.slice(0, -20)],
    ['an empty object', () => '{}'],
    ['a missing identity key', (text: string) => text.replace('"signedIdentityKey"', '"gone"')],
    ['a key cut short', (text: string) => text.replace(/"data":"[^"]+"/, '"data":"AAAA"')],
  ])('stops with what to do instead of replacing %s', (_, damage) => {
    loadAuthState(db);
    const damaged = damage(readWaCreds(db)!);
    writeWaCreds(db, damaged);
    expect(() => loadAuthState(db)).toThrow(UnreadableCredsError);
    expect(() => loadAuthState(db)).toThrow(/Restore the database from a backup/);
    expect(readWaCreds(db)).toBe(damaged);
  });

  it('stops when the identity is gone but its keys are there', async () => {
    await loadAuthState(db).keys.set({ 'lid-mapping': { a: 'b' } });
    db.exec('delete from wa_creds');
    expect(() => loadAuthState(db)).toThrow(UnreadableCredsError);
  });

  it('never shows key material in the error', () => {
    const { creds } = loadAuthState(db);
    const secret = Buffer.from(creds.noiseKey.private).toString('base64');
    writeWaCreds(db, readWaCreds(db)!.slice(0, -1));
    const error = catchError(() => loadAuthState(db));
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
    expect(error).toBeInstanceOf(UnreadableCredsError);
  });

  it('is a new one only after it was cleared', async () => {
    const first = loadAuthState(db);
    await first.keys.set({ 'lid-mapping': { a: 'b' } });
    clearAuthState(db);
    const second = loadAuthState(db);
    expect(second.creds.signedIdentityKey).not.toEqual(first.creds.signedIdentityKey);
    expect(await second.keys.get('lid-mapping', ['a'])).toEqual({});
  });
});

const everyType: Required<SignalDataSet> = {
  'pre-key': { 1: Curve.generateKeyPair() },
  session: { '9001_1.0': Buffer.from([1, 2, 3]) },
  'sender-key': { 'g@g.us::9001_1::0': Buffer.from([4, 5]) },
  'sender-key-memory': { 'g@g.us': { '9001@lid': true, '9002:3@lid': false } },
  'app-state-sync-key': {
    AAAA: {
      keyData: Buffer.from('key'),
      fingerprint: { rawId: 7, currentIndex: 1, deviceIndexes: [0, 1] },
      timestamp: 1_700_000_000,
    },
  },
  'app-state-sync-version': {
    regular: {
      version: 3,
      hash: Buffer.alloc(128, 9),
      indexValueMap: { 'a/b+c=': { valueMac: Buffer.from([1]) } },
    },
  },
  'lid-mapping': { '4915112345': '9001', '9001_reverse': '4915112345' },
  'device-list': { '9001': ['0', '3'] },
  tctoken: { '9001@lid': { token: Buffer.from([7]), timestamp: '1700000000', senderTimestamp: 5 } },
  'identity-key': { '9001_1.0': Buffer.alloc(33, 5) },
};

describe('the key store', () => {
  it.each(Object.keys(everyType) as (keyof SignalDataSet)[])(
    'gives every %s back after a restart and deletes it on null',
    async (type) => {
      await loadAuthState(db).keys.set({ [type]: everyType[type] });
      reopen();
      const { keys } = loadAuthState(db);
      const ids = Object.keys(everyType[type]);
      const found = await keys.get(type, [...ids, 'absent']);
      if (type === 'app-state-sync-key') {
        expect(found.AAAA).toBeInstanceOf(proto.Message.AppStateSyncKeyData);
        expect(JSON.stringify(found)).toBe(
          JSON.stringify({
            AAAA: proto.Message.AppStateSyncKeyData.fromObject(everyType[type].AAAA!),
          }),
        );
      } else {
        expect(found).toEqual(everyType[type]);
      }
      await keys.set({ [type]: Object.fromEntries(ids.map((id) => [id, null])) });
      expect(await keys.get(type, ids)).toEqual({});
    },
  );

  it('writes all of a set or nothing', async () => {
    const { keys } = loadAuthState(db);
    const unwritable = { toJSON: () => BigInt(1) };
    const broken = { 'lid-mapping': { a: 'b' }, 'device-list': { c: unwritable as never } };
    expect(() => keys.set(broken)).toThrow(TypeError);
    db.exec(`create trigger full before insert on wa_keys when new.type = 'device-list'
      begin select raise(abort, 'disk full'); end`);
    expect(() => keys.set({ 'lid-mapping': { a: 'b' }, 'device-list': { c: ['0'] } })).toThrow(
      'disk full',
    );
    expect(await keys.get('lid-mapping', ['a'])).toEqual({});
  });

  it('starts from what Baileys calls fresh credentials', () => {
    expect(Object.keys(loadAuthState(db).creds).sort()).toEqual(
      Object.keys(initAuthCreds()).sort(),
    );
  });
});
