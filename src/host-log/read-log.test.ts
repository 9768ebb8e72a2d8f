import { mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LOG_FILES, logPath } from './log-files.ts';
import { followLog, readLog } from './read-log.ts';
import { RotatingLog } from './rotating-log.ts';

let folder: string;
let end: AbortController;
const open: AsyncGenerator[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-log-'));
  end = new AbortController();
});
afterEach(async () => {
  end.abort();
  for (const reads of open.splice(0)) await reads.return(undefined);
  rmSync(folder, { recursive: true });
});

function openLog(maxBytes?: number): RotatingLog {
  const onTrouble = (error: Error) => {
    throw error;
  };
  const options = { folder, now: () => 1, onTrouble };
  return new RotatingLog(maxBytes === undefined ? options : { ...options, maxBytes });
}

/** Follows in the background and gives each line on demand. */
function startFollowing() {
  const reads = followLog(folder, end.signal);
  open.push(reads);
  return {
    async next(): Promise<string> {
      const { value } = await reads.next();
      if (value === undefined) throw new Error('the log has ended');
      return value.type === 'line' ? value.line : value.type;
    },
    reads,
  };
}

test('all files are read from the oldest to the newest', async () => {
  for (let age = 0; age < LOG_FILES; age += 1) {
    if (age !== 2) writeFileSync(logPath(folder, age), `a${age}\nb${age}\n`);
  }
  const lines: string[] = [];
  for await (const read of readLog(folder)) {
    lines.push(read.type === 'line' ? read.line : read.type);
  }
  expect(lines).toEqual(['a4', 'b4', 'a3', 'b3', 'a1', 'b1', 'a0', 'b0', 'caught_up']);
});

test('a folder without a log is read at once', async () => {
  const types: string[] = [];
  for await (const { type } of readLog(folder)) types.push(type);
  expect(types).toEqual(['caught_up']);
});

test('who follows gets each line as it is written, over every file that is put aside', async () => {
  writeFileSync(logPath(folder, 0), 'before\n');
  await using log = openLog(30);
  const followed = startFollowing();
  expect([await followed.next(), await followed.next()]).toEqual(['before', 'caught_up']);
  for (let index = 0; index < 50; index += 1) {
    log.write(`line number ${index}\n`);
    expect(await followed.next()).toBe(`line number ${index}`);
  }
});

test('who follows a folder without a log gets the first line that a host writes', async () => {
  const followed = startFollowing();
  expect(await followed.next()).toBe('caught_up');
  const line = followed.next();
  await using log = openLog();
  log.write('first\n');
  expect(await line).toBe('first');
});

test('who is behind by several files misses none of them', async () => {
  const followed = startFollowing();
  expect(await followed.next()).toBe('caught_up');
  {
    await using log = openLog(20);
    for (let index = 0; index < LOG_FILES; index += 1) log.write(`line number ${index}\n`);
  }
  for (let index = 0; index < LOG_FILES; index += 1) {
    expect(await followed.next()).toBe(`line number ${index}`);
  }
});

test('a file that is gone while it is followed is given up for those after it', async () => {
  writeFileSync(logPath(folder, 1), 'older\n');
  utimesSync(logPath(folder, 1), 1, 1);
  writeFileSync(logPath(folder, 0), 'one\n');
  const followed = startFollowing();
  expect([await followed.next(), await followed.next()]).toEqual(['older', 'one']);
  expect(await followed.next()).toBe('caught_up');
  rmSync(logPath(folder, 0));
  const next = followed.next();
  await using log = openLog();
  log.write('two\n');
  expect(await next).toBe('two');
});

test('lines that come in parts, in the middle of a letter, are whole', async () => {
  const bytes = Buffer.from('grüße\nend\n');
  const followed = startFollowing();
  expect(await followed.next()).toBe('caught_up');
  const line = followed.next();
  for (const byte of bytes) writeFileSync(logPath(folder, 0), Buffer.from([byte]), { flag: 'a' });
  expect([await line, await followed.next()]).toEqual(['grüße', 'end']);
});

test('a file that is emptied by hand is read from its beginning', async () => {
  writeFileSync(logPath(folder, 0), 'long before\n');
  const followed = startFollowing();
  expect([await followed.next(), await followed.next()]).toEqual(['long before', 'caught_up']);
  const line = followed.next();
  truncateSync(logPath(folder, 0));
  writeFileSync(logPath(folder, 0), 'new\n', { flag: 'a' });
  expect(await line).toBe('new');
});

test('who follows ends when asked to, also while nothing is written', async () => {
  const followed = startFollowing();
  expect(await followed.next()).toBe('caught_up');
  const last = followed.reads.next();
  end.abort();
  expect(await last).toEqual({ value: undefined, done: true });
});

test('100,000 lines are seen once each by one who reads while they are written and put aside', async () => {
  const padding = 'x'.repeat(300);
  const seen: number[] = [];
  const reader = (async () => {
    for await (const read of followLog(folder, end.signal)) {
      if (read.type === 'line') seen.push(Number.parseInt(read.line, 10));
      if (seen.length === 100_000) return;
    }
  })();
  {
    await using log = openLog();
    for (let index = 0; index < 100_000; index += 1) {
      log.write(`${index} ${padding}\n`);
      if (index % 1_000 === 0) await new Promise(setImmediate);
    }
  }
  await reader;
  expect(seen.findIndex((number, index) => number !== index)).toBe(-1);
});
