import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RotatingLog } from '../../src/host-log/rotating-log.ts';
import { createLogger, type Logger } from '../../src/logger.ts';
import { anyText } from './any-text.ts';

/** Shorter values may be part of what every line holds, as `level` is. */
const MIN_SECRET_CHARS = 8;
const RUNS = { numRuns: 400 };

/** As an environment can hold it. */
const secret = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: MIN_SECRET_CHARS, maxLength: 60 }),
    fc.stringMatching(/^sk-[\w"\\/+=%&-]{8,60}$/),
    fc.base64String({ minLength: 12, maxLength: 80 }),
    anyText.map((text) => `${text}secret!!`),
  )
  .map((text) => text.toWellFormed())
  .filter((text) => text.length >= MIN_SECRET_CHARS);

type Say = (logger: Logger, secret: string) => void;

function nest(depth: number, value: unknown): unknown {
  return depth === 0 ? value : [{ deeper: nest(depth - 1, value) }];
}

/** The ways in which a value has come into the log of some program. */
const WAYS: readonly Say[] = [
  (logger, secret) => logger.trace(secret),
  (logger, secret) => logger.info(`asked with ${secret}, refused`),
  (logger, secret) => logger.info({ stdout: `key:\n${secret}\n` }, 'said'),
  (logger, secret) => logger.warn({ detail: `${secret}${secret}` }, 'attempt failed'),
  (logger, secret) => logger.warn({ deep: nest(8, secret) }, 'attempt failed'),
  (logger, secret) => logger.debug({ [secret]: 1 }, 'attempt failed'),
  (logger, secret) => logger.debug({ headers: { authorization: `Bearer ${secret}` } }, 'request'),
  (logger, secret) => logger.error({ err: new Error(secret) }, 'turn broke'),
  (logger, secret) => logger.error(new Error('a', { cause: new Error('b', { cause: secret }) })),
  (logger, secret) => logger.error({ err: new Error('a', { cause: new Error(secret) }) }, 'broke'),
  (logger, secret) =>
    logger.error({ err: new AggregateError([new Error(secret)], 'all') }, 'broke'),
  (logger, secret) => logger.error({ err: Object.assign(new Error('a'), { body: secret }) }, 'a'),
  (logger, secret) => logger.child({ key: secret }).fatal('last'),
  (logger, secret) => logger.info({ body: JSON.stringify({ key: secret }) }, 'answered'),
  (logger, secret) => logger.info({ body: JSON.stringify(JSON.stringify({ secret })) }, 'answered'),
  (logger, secret) => logger.info({ url: `http://x/?key=${encodeForm(secret)}` }, 'request'),
  (logger, secret) => logger.info({ basic: Buffer.from(secret).toString('base64') }, 'request'),
];

function encodeForm(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** The secret as it is, as parts of JSON texts, of addresses, and as base64 of its own. */
function formsOf(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(once).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, once, twice, encodeForm(secret), base64];
}

test('P10: a secret of the configuration is in no line of any level, in whatever form and place it comes', () => {
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), (secrets) => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const logger = createLogger('trace', { secrets, destination });
      for (const secret of secrets) for (const say of WAYS) say(logger, secret);
      expect(lines).toHaveLength(secrets.length * WAYS.length);
      const text = lines.join('');
      for (const form of secrets.flatMap(formsOf)) expect(text).not.toContain(form);
    }),
    RUNS,
  );
});

test('P10: of secrets that begin alike the longer one leaves no rest', () => {
  fc.assert(
    fc.property(secret, fc.stringMatching(/^[\w-]{8,20}$/), (short, rest) => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const secrets = [short, short + rest];
      createLogger('info', { secrets, destination }).info(
        { detail: short + rest },
        'attempt failed',
      );
      expect(lines.join('')).not.toContain(rest);
    }),
    RUNS,
  );
});

test('P10: tokens and keys that nobody has configured are known by their shape', () => {
  const jwt = fc.stringMatching(/^eyJ[\w-]{10,60}\.eyJ[\w-]{10,60}\.[\w-]{10,60}$/);
  const key = fc.stringMatching(/^sk-(?:ant-|proj-)?[\w-]{16,60}$/);
  fc.assert(
    fc.property(fc.oneof(jwt, key), (token) => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const logger = createLogger('trace', { destination });
      for (const say of WAYS.slice(0, -1)) say(logger, token);
      expect(lines.join('')).not.toContain(token);
    }),
    RUNS,
  );
});

test('P10: what a request or an answer calls a token or key is left out without being known', () => {
  const name = fc.constantFrom(
    'access_token',
    'refresh_token',
    'id_token',
    'refreshToken',
    'api_key',
  );
  const value = fc.stringMatching(/^[A-Za-z0-9_.+/-]{12,60}$/);
  fc.assert(
    fc.property(name, value, (name, value) => {
      const lines: string[] = [];
      const destination = { write: (line: string) => void lines.push(line) };
      const logger = createLogger('trace', { destination });
      const body = { [name]: value, more: 1 };
      logger.info({ deep: nest(6, body) }, 'answered');
      logger.info({ err: new Error(`refused ${JSON.stringify(body)}`) }, 'answered');
      logger.info({ body: JSON.stringify({ detail: JSON.stringify(body) }) }, 'answered');
      logger.info({ form: new URLSearchParams({ a: 'b', [name]: value }).toString() }, 'asked');
      const text = lines.join('');
      for (const form of formsOf(value).slice(0, -1)) expect(text).not.toContain(form);
    }),
    RUNS,
  );
});

test('P10: the log file holds what the destination holds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deckhand-log-'));
  const [canary] = fc.sample(fc.stringMatching(/^canary[\w"\\/+=-]{20}$/), 1);
  if (canary === undefined) throw new Error('no sample');
  {
    const onTrouble = (error: Error) => {
      throw error;
    };
    await using copy = new RotatingLog({ folder, now: () => 1, onTrouble });
    const destination = { write: () => undefined };
    const logger = createLogger('trace', { secrets: [canary], destination, copy });
    for (const say of WAYS) say(logger, canary);
  }
  const names = await readdir(folder);
  const text = (
    await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  ).join();
  expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(WAYS.length);
  for (const form of formsOf(canary)) expect(text).not.toContain(form);
  await rm(folder, { recursive: true });
});
