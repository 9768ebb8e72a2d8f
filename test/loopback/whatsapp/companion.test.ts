import { expect, test } from 'vitest';
import { generateKeyPair, generatePreKey } from 'whatsapp-rust-bridge';
import { Companion } from './companion.ts';

test('the client is asked for keys once few are left, and the last bundles go without', () => {
  const asked: number[] = [];
  const owner = { jid: '15550000001@s.whatsapp.net', lid: '100000000000001@lid' };
  const companion = new Companion(owner, (count) => void asked.push(count));
  const publicKey = generateKeyPair().pubKey;
  const device = companion.prepare({
    noiseKey: Buffer.alloc(32),
    identityKey: Buffer.alloc(32),
    registrationId: 1,
    signedPreKey: { keyId: 1, publicKey, signature: Buffer.alloc(64) },
  });
  expect(device).toMatchObject({ jid: '15550000001:1@s.whatsapp.net', number: 1 });
  for (let keyId = 1; keyId <= 6; keyId += 1) {
    const { keyPair } = generatePreKey(keyId);
    device.oneTimePreKeys.push({ keyId, publicKey: keyPair.pubKey });
  }
  const taken = Array.from({ length: 7 }, () => companion.takeBundle(device).preKey?.keyId);
  expect(taken).toEqual([1, 2, 3, 4, 5, 6, undefined]);
  expect(asked).toEqual([4]);
});
