import { expect, test } from 'vitest';
import { classifyCodexFailure } from './failure.ts';

test.each([
  ['unexpected status 401 Unauthorized: Incorrect API key provided., url: https://x', 'auth'],
  ['Your access token could not be refreshed because your refresh token was already used.', 'auth'],
  ['exceeded retry limit, last status: 429 Too Many Requests', 'overloaded'],
  ['Quota exceeded. Check your plan and billing details.', 'quota'],
  ['You’ve hit your usage limit. Upgrade to Pro or try again later.', 'quota'],
  ['To use Codex with your ChatGPT plan, upgrade to Plus: https://x', 'quota'],
  ['We’re currently experiencing high demand, which may cause temporary errors.', 'overloaded'],
  ['Selected model is at capacity. Please try a different model.', 'overloaded'],
  ["Codex ran out of room in the model's context window.", 'context'],
  ['Input exceeds the maximum length of 1048576 characters.', 'context'],
  ['stream disconnected before completion: Transport error', 'overloaded'],
  ['idle timeout waiting for SSE', 'overloaded'],
  [
    `{"detail":"The 'gpt-5.3-codex' model is not supported when using Codex with a ChatGPT account."}`,
    'model',
  ],
  ['The model `x` does not exist or you do not have access to it.', 'model'],
  [`{"error":{"message":"The requested model 'gpt-5.2-codex' is not supported."}}`, 'model'],
  ['{"error":{"message":"bad thing","code":"invalid_request"}}', 'refused'],
  [
    'Your access token could not be refreshed because you have since logged out or signed in to another account. Please sign in again.',
    'auth',
  ],
  [
    'unexpected status 401 Unauthorized: Provided authentication token is expired. Please try signing in again., url: http://x',
    'auth',
  ],
  ['failed to deserialize CLI auth from file: EOF while parsing a string', 'auth'],
  ['unexpected status 403 Forbidden: "<html>", url: https://x', 'auth'],
  [
    'You’ve hit your usage limit. To get more access now, send a request to your admin or try again later.',
    'quota',
  ],
  [
    'unexpected status 402 Payment Required: {"detail":{"code":"deactivated_workspace"}}, url: https://x',
    'quota',
  ],
  ['Fatal error: application network policy is unavailable', 'overloaded'],
  ['Error: Failed to load cloud config bundle (workspace-managed policies).', 'overloaded'],
  ['Invalid prompt', 'refused'],
  ['thread main panicked', 'internal'],
])('%s', (message, expected) => {
  expect(classifyCodexFailure(message, 'UTC', 0).class).toBe(expected);
});

const now = Date.parse('2026-11-21T02:41:00Z');
test.each([
  ['try again at 4:41 AM.', 'Europe/Berlin', '2026-11-21T03:41:00Z'],
  ['try again at 3:30 AM.', 'Europe/Berlin', '2026-11-22T02:30:00Z'],
  ['try again at Nov 24th, 2026 3:41 AM.', 'Europe/Berlin', '2026-11-24T02:41:00Z'],
  ['try again at Mar 29th, 2027 12:05 PM.', 'Europe/Berlin', '2027-03-29T10:05:00Z'],
  ['try again at 12:05 AM.', 'America/New_York', '2026-11-21T05:05:00Z'],
])('"%s" in %s is %s', (text, timeZone, expected) => {
  const { retryAt } = classifyCodexFailure(`You’ve hit your usage limit. ${text}`, timeZone, now);
  expect(new Date(retryAt ?? 0).toISOString()).toBe(expected.replace('Z', '.000Z'));
});
