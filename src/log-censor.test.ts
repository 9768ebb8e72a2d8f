import { expect, test } from 'vitest';
import { createLogCensor } from './log-censor.ts';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl';

const places = {
  alone: JWT,
  'in a header': `Bearer ${JWT}`,
  'behind a hyphen': `session-${JWT}`,
  'behind a dot': `auth.${JWT}`,
  'behind a line break': JSON.stringify(`failed:\n${JWT}`),
  'without a signature': JWT.slice(0, JWT.lastIndexOf('.') + 1),
};

test.each(Object.entries(places))('a JWT is taken out of a line: %s', (_place, line) => {
  const censored = createLogCensor([])(line);
  expect(censored).toContain('[redacted]');
  expect(censored).not.toContain('eyJ');
});

test('a known secret is found in what only begins like a JWT', () => {
  const censor = createLogCensor(['canary of dots.']);
  expect(censor('eyJ-eyJabcdefghijk-canary of dots.')).toBe('eyJ-eyJabcdefghijk-[redacted]');
});

test('names with dots are left as they are', () => {
  const line = '{"class":"keyJournalEntries.first.second","version":"1.2.3"}';
  expect(createLogCensor([])(line)).toBe(line);
});

// With an effort that grows by the square of the length these would run for minutes.
test.each([
  ['no dot', 'eyJ-'.repeat(250_000)],
  ['one dot', `eyJ-${'a'.repeat(20)}.${'eyJ-'.repeat(250_000)}`],
  ['dots alone', 'eyJ-.'.repeat(200_000)],
])('a line of a megabyte full of beginnings of a JWT is read: %s', (_name, line) => {
  expect(createLogCensor([])(line)).toBe(line);
});
