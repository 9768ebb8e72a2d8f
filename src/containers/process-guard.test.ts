import { expect, test } from 'vitest';
import { mayServe } from './process-guard.ts';

test.each(['ws://127.0.0.1:4711/ws/chat', 'wss://localhost:1', 'ws://[::1]:1', 'ws://0x7f.1'])(
  'agents without isolation may serve %s',
  (url) => {
    expect(mayServe(url)).toEqual({ ok: true });
  },
);

test.each([
  undefined,
  'wss://web.whatsapp.com/ws/chat',
  'ws://127.0.0.1.example.org',
  'ws://127.0.0.1@example.org',
  'ws://localhost.example.org',
  'ws://192.168.0.7',
  'file:///127.0.0.1',
  '127.0.0.1',
])('agents without isolation are refused for %s, with the reason', (url) => {
  const decision = mayServe(url);
  expect(decision.ok).toBe(false);
  expect(!decision.ok && decision.reason).toMatch(/no isolation.*Install Docker/);
});
