import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_FILE_BYTES, LOG_FILES, logPath } from './log-files.ts';
import { readLog } from './read-log.ts';
import { RotatingLog } from './rotating-log.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'deckhand-log-'));
  folder = join(home, 'data', 'logs');
});
afterEach(() => rmSync(home, { recursive: true }));

function openLog(options: { maxBytes?: number; onTrouble?: (error: Error) => void } = {}) {
  const onTrouble = (error: Error) => {
    throw error;
  };
  return new RotatingLog({ folder, now: () => 1, onTrouble, ...options });
}

async function allLines(): Promise<string[]> {
  const lines: string[] = [];
  for await (const read of readLog(folder)) if (read.type === 'line') lines.push(read.line);
  return lines;
}

test('what is written is there, for its owner alone, when the log is disposed', async () => {
  {
    await using log = openLog();
    log.write('{"a":1}\n');
    log.write('{"b":"ü"}\n');
  }
  expect(readFileSync(logPath(folder, 0), 'utf8')).toBe('{"a":1}\n{"b":"ü"}\n');
  expect(statSync(logPath(folder, 0)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a file and a folder that others could read are made private', async () => {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  writeFileSync(logPath(folder, 0), '', { mode: 0o644 });
  {
    await using log = openLog();
    log.write('line\n');
  }
  expect(statSync(logPath(folder, 0)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('no file grows beyond its size, and the oldest go', async () => {
  {
    await using log = openLog({ maxBytes: 100 });
    for (let index = 0; index < 100; index += 1) log.write(`line ${index} ${'ü'.repeat(10)}\n`);
  }
  for (let age = 0; age < LOG_FILES; age += 1) {
    expect(statSync(logPath(folder, age)).size).toBeLessThanOrEqual(100);
  }
  expect(existsSync(logPath(folder, LOG_FILES))).toBe(false);
  const lines = await allLines();
  expect(lines.at(-1)).toContain('line 99 ');
  expect(lines.length).toBeGreaterThanOrEqual(10);
});

test('a line that is longer than a file has one of its own', async () => {
  {
    await using log = openLog({ maxBytes: 20 });
    for (const line of ['short', 'l'.repeat(50), 'last']) log.write(`${line}\n`);
  }
  expect(readFileSync(logPath(folder, 2), 'utf8')).toBe('short\n');
  expect(readFileSync(logPath(folder, 1), 'utf8')).toBe(`${'l'.repeat(50)}\n`);
  expect(readFileSync(logPath(folder, 0), 'utf8')).toBe('last\n');
});

test('a host that starts again goes on in the same file, and a torn line harms no other', async () => {
  {
    await using log = openLog({ maxBytes: 50 });
    log.write('first\n');
  }
  appendFileSync(logPath(folder, 0), '{"torn":');
  {
    await using log = openLog({ maxBytes: 50 });
    log.write('second\n');
    log.write(`${'t'.repeat(40)}\n`);
  }
  expect(await allLines()).toEqual(['first', '{"torn":', 'second', 't'.repeat(40)]);
  expect(existsSync(logPath(folder, 1))).toBe(true);
});

test('100,000 lines at once lose none and need no line of their own on the disk', async () => {
  const padding = 'x'.repeat(300);
  {
    await using log = openLog();
    for (let index = 0; index < 100_000; index += 1) log.write(`${index} ${padding}\n`);
  }
  let expected = 0;
  for (const line of await allLines()) {
    if (!line.startsWith(`${expected} `)) expect(line.slice(0, 20)).toBe(`${expected}`);
    expected += 1;
  }
  expect(expected).toBe(100_000);
  expect(statSync(logPath(folder, 2)).size).toBeLessThanOrEqual(LOG_FILE_BYTES);
});

test('a folder that cannot be made is told once, and the lines are there when it can', async () => {
  writeFileSync(join(home, 'data'), 'in the way');
  const told: string[] = [];
  const { promise: isTold, resolve } = Promise.withResolvers<void>();
  {
    await using log = openLog({
      onTrouble: (error) => {
        told.push(error.message);
        resolve();
      },
    });
    log.write('first\n');
    await isTold;
    log.write('second\n');
    rmSync(join(home, 'data'));
    log.write('third\n');
  }
  expect(told).toHaveLength(1);
  expect(await allLines()).toEqual(['first', 'second', 'third']);
});

test('lines that no disk takes are bounded, and their number is said when one does', async () => {
  writeFileSync(join(home, 'data'), 'in the way');
  const { promise: isTold, resolve } = Promise.withResolvers<void>();
  const line = `${'x'.repeat(1024 * 1024 - 1)}\n`;
  {
    await using log = openLog({ onTrouble: () => resolve() });
    for (let index = 0; index < 40; index += 1) log.write(line);
    await isTold;
    rmSync(join(home, 'data'));
  }
  const lines = await allLines();
  expect(lines).toHaveLength(33);
  expect(lines.at(-1)).toBe('{"level":40,"time":1,"lost":8,"msg":"log lines were lost"}');
});

test('files that cannot be put aside keep no line from being written', async () => {
  const told: string[] = [];
  {
    await using log = openLog({ maxBytes: 20, onTrouble: ({ message }) => told.push(message) });
    for (const age of [3, 4]) mkdirSync(join(logPath(folder, age), 'full'), { recursive: true });
    for (let index = 0; index < 10; index += 1) log.write(`line number ${index}\n`);
  }
  expect(told).toHaveLength(1);
  const written = readFileSync(logPath(folder, 0), 'utf8').trimEnd().split('\n');
  expect(written).toEqual(Array.from({ length: 10 }, (_, index) => `line number ${index}`));
});

test('after disposal lines are let go', async () => {
  const log = openLog();
  log.write('kept\n');
  await log[Symbol.asyncDispose]();
  log.write('late\n');
  expect(await allLines()).toEqual(['kept']);
});

/** Runs a process with a log of its own, which it writes to and leaves as `steps` says. */
function runProcess(steps: string): void {
  const program = `
    import { existsSync, statSync } from 'node:fs';
    import { RotatingLog } from ${JSON.stringify(join(import.meta.dirname, 'rotating-log.ts'))};
    const path = ${JSON.stringify(logPath(folder, 0))};
    const log = new RotatingLog({ folder: ${JSON.stringify(folder)}, now: () => 1, onTrouble() {} });
    ${steps}`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', program]);
}

test('a process that ends without disposal leaves its last lines', async () => {
  runProcess(`
    log.write('first\\n');
    setImmediate(function wait() {
      if (!existsSync(path) || statSync(path).size === 0) return setImmediate(wait);
      log.write('a\\n');
      log.write('b\\n');
      process.exit(0);
    });`);
  expect(await allLines()).toEqual(['first', 'a', 'b']);
});

test('a process that ends before its log is open leaves its lines for its owner alone', async () => {
  runProcess(`
    log.write('a\\n');
    log.write('b\\n');
    process.exit(0);`);
  expect(await allLines()).toEqual(['a', 'b']);
  expect([statSync(folder).mode & 0o777, statSync(logPath(folder, 0)).mode & 0o777]).toEqual([
    0o700, 0o600,
  ]);
});

test('a process that ends before its log is open harms no line of an earlier one', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(logPath(folder, 0), 'before\ntorn');
  runProcess(`
    log.write('a\\n');
    process.exit(0);`);
  expect(await allLines()).toEqual(['before', 'torn', 'a']);
});

test('a process that wrote nothing leaves no log', () => {
  runProcess('process.exit(0);');
  expect(existsSync(folder)).toBe(false);
});
