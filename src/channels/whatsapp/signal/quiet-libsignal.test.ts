import { createRequire } from 'node:module';
import { afterEach, expect, it, vi } from 'vitest';
import { quietLibsignal } from './quiet-libsignal.ts';

afterEach(() => vi.restoreAllMocks());

it('mutes what libsignal prints about a session and nothing else', () => {
  quietLibsignal();
  quietLibsignal();
  const require = createRequire(import.meta.resolve('@whiskeysockets/baileys'));
  const SessionRecord = require('libsignal/src/session_record.js') as new () => {
    closeSession(session: unknown): void;
    openSession(session: unknown): void;
  };
  const printed: unknown[] = [];
  const print = (...args: unknown[]) => void printed.push(...args);
  vi.spyOn(console, 'info').mockImplementation(print);
  vi.spyOn(console, 'warn').mockImplementation(print);
  const session = { indexInfo: { closed: -1 }, secret: 'private key' };
  const record = new SessionRecord();
  record.closeSession(session);
  record.closeSession(session);
  expect(session.indexInfo.closed).toBeGreaterThan(0);
  record.openSession(session);
  expect(session.indexInfo.closed).toBe(-1);
  expect(() => record.closeSession(undefined)).toThrow(TypeError);
  expect(printed).toEqual([]);
  // oxlint-disable-next-line no-console -- the console is what is tested
  console.info('still here');
  expect(printed).toEqual(['still here']);
});
