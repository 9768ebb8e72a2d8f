import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogTail } from './log-tail.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckhand-log-'));
  path = join(folder, 'host.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const wanted = { count: 3, minLevel: 30 };

test('the newest lines of the level are read, and what is no log line is left out', async () => {
  const lines = [
    ...Array.from({ length: 9 }, (_, index) => ({ level: 30, time: index, msg: `line ${index}` })),
    { level: 20, time: 9, msg: 'debug' },
    { level: 40, time: 10, msg: 'careful', folder: 'family', at: { port: 1 } },
  ].map((line) => JSON.stringify(line));
  writeFileSync(path, [...lines, 'no json', '{"level":"x"}', '[]', '{"level":30,"ti'].join('\n'));
  expect(await readLogTail(folder, wanted)).toEqual([
    { level: 30, time: 7, msg: 'line 7', fields: {} },
    { level: 30, time: 8, msg: 'line 8', fields: {} },
    { level: 40, time: 10, msg: 'careful', fields: { folder: 'family', at: { port: 1 } } },
  ]);
});

test('of a long file only the end is read, and without a file there are no lines', async () => {
  expect(await readLogTail(folder, wanted)).toEqual([]);
  const line = `${JSON.stringify({ level: 30, time: 1, msg: 'x'.repeat(1_000) })}\n`;
  writeFileSync(path, line.repeat(2_000));
  expect(await readLogTail(folder, { count: 5_000, minLevel: 30 })).toHaveLength(254);
});

test('what was written before the newest file was begun is shown too', async () => {
  writeFileSync(`${path}.1`, '{"level":30,"time":1,"msg":"before"}\n');
  writeFileSync(path, '{"level":30,"time":2,"msg":"after"}\n');
  const lines = await readLogTail(folder, wanted);
  expect(lines.map(({ msg }) => msg)).toEqual(['before', 'after']);
});
