import { Curve } from '@whiskeysockets/baileys';
import { expect, it } from 'vitest';
import { installRealCurve } from './real-curve.ts';

it('says so when Baileys was imported before', () => {
  expect(Curve.generateKeyPair().public).toHaveLength(32);
  expect(() => installRealCurve()).toThrow(/before importing Baileys/);
});
