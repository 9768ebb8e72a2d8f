import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';

const SECRET = 'sk-"canary"\\1';

test('a secret of the configuration is in no line, whatever it comes in', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger('info', { secrets: [SECRET, ''], destination });
  logger.info({ detail: `exit 1: Incorrect API key ${SECRET}` }, 'attempt failed');
  logger.error({ err: new Error('failed', { cause: new Error(SECRET) }) }, 'turn broke');
  logger.child({ deep: [{ er: { key: SECRET } }] }).warn(SECRET);
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line).toContain('[redacted]');
    expect(JSON.stringify(JSON.parse(line))).not.toContain('canary');
  }
});

test('what has the name of a secret is left out without being known', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger('info', { destination }).info({ request: { secrets: { KEY: 'abc' } } }, 'run');
  expect(lines[0]).not.toContain('abc');
});

test('the copy gets the same lines as the destination, of every level that is let through', () => {
  const lines: string[] = [];
  const copied: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const copy = { write: (line: string) => void copied.push(line) };
  const logger = createLogger('trace', { secrets: [SECRET], destination, copy });
  logger.trace('first');
  logger.fatal({ token: 'abc', deep: SECRET }, 'last');
  expect(lines).toHaveLength(2);
  expect(copied).toEqual(lines);
  expect(copied.join('')).not.toMatch(/abc|canary/);
});
