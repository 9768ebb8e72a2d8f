import { expect, test } from 'vitest';
import { judgeClaudeSecret, judgeOpenaiKey, toCredential } from './key-shape.ts';

const rest = 'x'.repeat(40);

test.each([[`sk-${rest}`], [`sk-proj-${rest}`], [`a-key-of-a-proxy-${rest}`]])(
  '%j is taken as a key of OpenAI',
  (secret) => {
    expect(judgeOpenaiKey(secret)).toEqual({ status: 'ok', kind: 'openai_key' });
  },
);

test.each([
  [`sk-ant-api03-${rest}`, 'deckhand login claude'],
  [`eyJhbGciOi.${rest}`, 'deckhand login codex'],
  [`sk-${rest} ${rest}`, 'space'],
  [`sk-${rest}\n${rest}`, 'line break'],
  [`OPENAI_API_KEY=sk-${rest}`, 'equals sign'],
  [`sk-${rest}\u200b`, 'copy it again'],
  [`sk-…${rest}`, 'copy it again'],
  ['sk-short', 'too short'],
])('%j is refused for OpenAI with what to do', (secret, hint) => {
  const verdict = judgeOpenaiKey(secret);
  expect(verdict).toMatchObject({ status: 'wrong', message: expect.stringContaining(hint) });
  expect(JSON.stringify(verdict)).not.toContain(rest);
});

test.each([
  [`sk-ant-api03-${rest}`, undefined, 'claude_key'],
  [`sk-ant-oat01-${rest}`, undefined, 'claude_token'],
  [`sk-ant-api03-${rest}`, 'claude_key', 'claude_key'],
  [`sk-ant-oat01-${rest}`, 'claude_token', 'claude_token'],
  [`a-key-of-a-proxy-${rest}`, 'claude_key', 'claude_key'],
] as const)('%j, said to be %s, is taken as %s', (secret, wanted, kind) => {
  expect(judgeClaudeSecret(secret, wanted)).toEqual({ status: 'ok', kind });
});

test.each([
  [`sk-ant-oat01-${rest}`, 'claude_key', 'use --token'],
  [`sk-ant-api03-${rest}`, 'claude_token', 'use --api-key'],
  [`sk-proj-${rest}`, undefined, 'deckhand login codex --api-key'],
  [`something-${rest}`, undefined, '--api-key or --token'],
  ['sk-ant-api03 ', undefined, 'space'],
] as const)('%j, said to be %s, is refused with what to do', (secret, wanted, hint) => {
  expect(judgeClaudeSecret(secret, wanted)).toMatchObject({
    status: 'wrong',
    message: expect.stringContaining(hint),
  });
});

test('a secret is stored as what it is', () => {
  expect(toCredential('openai_key', 'k', 1)).toEqual({
    v: 1,
    kind: 'api_key',
    key: 'k',
    savedAt: 1,
  });
  expect(toCredential('claude_key', 'k', 1)).toMatchObject({ kind: 'api_key', key: 'k' });
  expect(toCredential('claude_token', 'k', 1)).toMatchObject({ kind: 'claude_token', token: 'k' });
});
