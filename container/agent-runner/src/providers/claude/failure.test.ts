import type { SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import { expect, test } from 'vitest';
import { classifyClaudeResult, classifyClaudeText, type FailureSigns } from './failure.ts';

const result = (text: string, status: number | null = null) =>
  ({
    type: 'result',
    subtype: 'success',
    is_error: true,
    result: text,
    api_error_status: status,
  }) as SDKResultMessage;

test.each<[string, number | null, FailureSigns, string]>([
  ['Invalid API key · Fix external API key', 401, { error: 'authentication_failed' }, 'auth'],
  ['Not logged in · Please run /login', null, {}, 'auth'],
  ["You've hit your 5-hour limit · resets 5pm", 429, { error: 'rate_limit' }, 'quota'],
  ['API Error: 429', 429, { error: 'rate_limit' }, 'overloaded'],
  ['API Error: Overloaded', 529, { error: 'overloaded' }, 'overloaded'],
  ['Credit balance is too low', 400, { error: 'billing_error' }, 'quota'],
  ['Prompt is too long', 400, { error: 'invalid_request' }, 'context'],
  ['API Error: 400 bad', 400, { error: 'invalid_request' }, 'refused'],
  ['There is an issue with the selected model (x)', 404, { error: 'model_not_found' }, 'model'],
  ['something new', null, {}, 'internal'],
])('"%s" with status %s', (text, status, signs, expected) => {
  expect(classifyClaudeResult(result(text, status), signs).class).toBe(expected);
});

test('a rejected limit carries the time it ends', () => {
  expect(classifyClaudeResult(result('limit', 429), { limit: { resetsAt: 5000 } })).toMatchObject({
    class: 'quota',
    retryAt: 5000,
  });
});

test('a broken turn is told apart by what the CLI said', () => {
  expect(classifyClaudeText('No conversation found with session ID: x').class).toBe('session');
  expect(classifyClaudeText('claude ended without a result').class).toBe('internal');
});
