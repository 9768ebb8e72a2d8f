import { expect, it } from 'vitest';
import { installRealCurve } from './real-curve.ts';

it('makes Baileys see a wrong signature, and signs what both engines accept', async () => {
  installRealCurve();
  installRealCurve();
  const { Curve } = await import('@whiskeysockets/baileys');
  const { public: publicKey, private: privateKey } = Curve.generateKeyPair();
  const message = Buffer.from('message');
  const signature = Curve.sign(privateKey, message);
  expect(signature).toHaveLength(64);
  expect(Curve.verify(publicKey, message, signature)).toBe(true);
  expect(Curve.verify(publicKey, Buffer.from('other'), signature)).toBe(false);
  expect(Curve.verify(publicKey, message, Buffer.alloc(64))).toBe(false);
  expect(Curve.verify(Curve.generateKeyPair().public, message, signature)).toBe(false);
});
