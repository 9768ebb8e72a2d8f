import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { logPath } from '../../host-log/log-files.ts';
import { RotatingLog } from '../../host-log/rotating-log.ts';
import { createLogger } from '../../logger.ts';
import { type CliWorld, createCliWorld, NOW } from '../cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
  mkdirSync(world.paths.logs, { recursive: true });
});
afterEach(() => world[Symbol.dispose]());

function openLog(maxBytes = 1_000_000): RotatingLog {
  const onTrouble = (error: Error) => {
    throw error;
  };
  return new RotatingLog({ folder: world.paths.logs, now: () => NOW, onTrouble, maxBytes });
}

/** Lines as pino writes them, at given minutes before now. */
function addLine(minutesAgo: number, entry: object): void {
  const line = { level: 30, time: NOW - minutesAgo * 60_000, ...entry };
  appendFileSync(logPath(world.paths.logs, 0), `${JSON.stringify(line)}\n`);
}

test('lines are shown with time, level, message and what else is in them', async () => {
  addLine(1, { runId: 'run-1', parts: 2, note: 'two words', msg: 'run ended' });
  addLine(0, {
    level: 50,
    err: { type: 'TypeError', message: 'no "x"', stack: 'long' },
    msg: 'turn broke',
  });
  const { code, stdout } = await world.run('logs');
  expect(code).toBe(0);
  expect(stdout).toBe(
    '12-01 11:59:00 INFO  run ended  runId=run-1  parts=2  note="two words"\n' +
      '12-01 12:00:00 ERROR turn broke  err="TypeError: no \\"x\\""\n',
  );
});

test('what the host logs is what is shown, as it was redacted', async () => {
  {
    await using copy = openLog();
    const destination = { write: () => {} };
    const logger = createLogger('info', { secrets: ['sk-canary'], destination, copy });
    logger.info({ token: 'abc', detail: 'key sk-canary refused' }, 'attempt failed');
  }
  const { stdout } = await world.run('logs');
  expect(stdout).toContain('attempt failed  token=[redacted]  detail="key [redacted] refused"');
});

test('as JSON the lines are as they are', async () => {
  addLine(1, { msg: 'one', deep: { a: [1] } });
  const { stdout } = await world.run('logs', '--json');
  expect(JSON.parse(stdout)).toEqual({
    level: 30,
    time: NOW - 60_000,
    msg: 'one',
    deep: { a: [1] },
  });
});

test('the newest lines of all files are shown, the newest last', async () => {
  {
    await using log = openLog(200);
    for (let index = 0; index < 12; index += 1) {
      log.write(`${JSON.stringify({ level: 30, time: NOW, msg: `line ${index}` })}\n`);
    }
  }
  const { stdout } = await world.run('logs', '--lines', '5');
  expect(stdout.match(/line \d+/g)).toEqual(['line 7', 'line 8', 'line 9', 'line 10', 'line 11']);
});

test.each([
  [
    ['--level', 'warn'],
    ['warned', 'broke'],
  ],
  [
    ['--since', '10m'],
    ['warned', 'broke'],
  ],
  [['--since', '2026-12-01T11:57:30Z'], ['broke']],
  [
    ['--run', 'run-a'],
    ['old', 'broke'],
  ],
  [
    ['--run', 'a1'],
    ['old', 'broke'],
  ],
  [['--run', 'run-a', '--since', '1h'], ['broke']],
])('%j leaves out the rest', async (args, shown) => {
  addLine(90, { msg: 'old', runId: 'run-a1' });
  addLine(5, { msg: 'warned', level: 40, runId: 'run-b' });
  addLine(2, { msg: 'broke', level: 50, runId: 'run-a1' });
  const { stdout } = await world.run('logs', '--json', ...args);
  expect(stdout.match(/(?<="msg":")\w+/g)).toEqual(shown);
});

test('a log in which nothing fits says so beside what a program reads', async () => {
  addLine(1, { msg: 'one', runId: 'run-a1' });
  for (const args of [[], ['--json']]) {
    expect(await world.run('logs', '--run', 'run-b', ...args)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No line of the log fits. Without --level, --since and --run all are shown.\n',
    });
  }
  writeFileSync(logPath(world.paths.logs, 0), '');
  expect((await world.run('logs')).stderr).toContain('The log is empty');
});

test('as JSON every line is an object, and none can move the cursor', async () => {
  addLine(1, { msg: '\u009b2Jx\u202e' });
  appendFileSync(logPath(world.paths.logs, 0), 'half\u001b[2J\n');
  const { stdout } = await world.run('logs', '--json');
  for (const unsafe of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(unsafe);
  expect(JSON.parse(stdout)).toMatchObject({ msg: '\u009b2Jx\u202e' });
});

test('what a killed host left of a line is shown to those who want everything', async () => {
  writeFileSync(logPath(world.paths.logs, 0), '{"level":30,"ti\n{"odd":1}\n');
  expect((await world.run('logs')).stdout).toBe('? {"level":30,"ti\n? {"odd":1}\n');
  expect((await world.run('logs', '--level', 'trace')).stdout).toBe('');
});

test('nothing in the log can move the cursor', async () => {
  addLine(1, { msg: '\u001b[2Jx', ['k\u001b']: '\u202e', level: 60 });
  const { stdout } = await world.run('logs');
  for (const unsafe of ['\u001b', '\u202e']) expect(stdout).not.toContain(unsafe);
  const coloured = await world.runWith({ isTty: true }, 'logs');
  expect(coloured.stdout).toContain('\u001b[31mFATAL');
});

test('who follows sees what the host adds, over files that are put aside, until Ctrl-C', async () => {
  addLine(1, { msg: 'before' });
  const interrupt = new AbortController();
  const { signal } = interrupt;
  await using log = openLog(150);
  const seen: string[] = [];
  const stdout = (line: string) => {
    seen.push(line.trim().split(' ').at(-1) ?? '');
    // Each line is written once the one before it has been seen.
    const count = seen.length;
    if (count > 20) interrupt.abort();
    else log.write(`${JSON.stringify({ level: 30, time: NOW, msg: `n${count}` })}\n`);
  };
  const { code } = await world.runWith({ signal, stdout }, 'logs', '--follow');
  expect(code).toBe(0);
  expect(seen).toEqual(['before', ...Array.from({ length: 20 }, (_, index) => `n${index + 1}`)]);
});

test('what cannot be shown says what to do', async () => {
  expect((await world.run('logs', '--level', 'loud')).stderr).toContain('--level is one of trace');
  expect((await world.run('logs', '--since', 'ever')).stderr).toContain('such as 30s, 10m');
  expect((await world.run('logs', '--since', '2026-99-99')).code).toBe(2);
  expect((await world.run('logs', '--lines', '0')).code).toBe(2);
  using fresh = createCliWorld();
  for (const args of [['logs'], ['logs', '-f']]) {
    expect(await fresh.run(...args)).toMatchObject({
      code: 3,
      stderr: 'There is no log yet; `deckhand start` writes it.\n',
    });
  }
});

test('`deckhand start` writes the log that is shown, also of a host that ends at once', async () => {
  Object.assign(world.environment, {
    DECKHAND_RUNTIME: 'process',
    WHATSAPP_URL: 'ws://127.0.0.1:9',
  });
  expect((await world.run('start')).code).toBe(3);
  expect((await world.run('logs')).stdout).toContain(' INFO  host starts  home=');
});
