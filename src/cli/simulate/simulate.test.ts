import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliWorld, createCliWorld } from '../cli-world.fixture.ts';

let world: CliWorld;
beforeEach(() => {
  world = createCliWorld();
});
afterEach(() => world[Symbol.dispose]());

const LINES = [
  '31/12/24, 10:00 - Messages and calls are end-to-end encrypted.',
  '31/12/24, 10:00 - Ana: hello',
  '31/12/24, 10:01 - Bob: @Assistant hi',
  '99/12/24, 10:02 - Bob: what?',
];

function save(text: string | Uint8Array, name = 'chat.txt'): string {
  const path = join(world.home, name);
  writeFileSync(path, text);
  return path;
}

test('it shows which messages are answered, why the others are not, and what could not be read', async () => {
  const { code, stdout } = await world.run('simulate', save(LINES.join('\n')));
  expect(code).toBe(0);
  expect(stdout).toMatch(/run 1 {2}Tue 2024-12-31 10:01 {2}prompt of \d+ characters/);
  expect(stdout).toContain('line 3  Bob (called by name): @Assistant hi');
  expect(stdout).toContain('Answered: 1, in 1 run with');
  expect(stdout).toContain('not addressed to the assistant: 1 (line 2)');
  expect(stdout).toContain('line 4 has a date that does not exist');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test('--all lists every message', async () => {
  const { stdout } = await world.run('simulate', save(LINES.join('\n')), '--all');
  expect(stdout).toContain('line 2  Ana (not addressed to the assistant): hello');
});

test('--json tells the same', async () => {
  const { stdout } = await world.run('simulate', save(LINES.join('\n')), '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    dateOrder: 'dmy',
    messages: 2,
    answered: 1,
    runs: 1,
    system: 1,
    decisions: { name: { count: 1, firstLines: [3] } },
    badLines: { count: 1, first: [{ line: 4 }] },
    runsListed: [{ number: 1, asked: [{ line: 3, sender: 'Bob' }] }],
  });
});

test('--group decides by the registration', async () => {
  world.register({ '1@g.us': { name: 'Family', folder: 'family', trigger: '@Robot' } });
  const file = save(LINES.join('\n'));
  const { stdout } = await world.run('simulate', file, '--group', 'family');
  expect(stdout).toContain('Answered: 0');
  const main = await world.run('simulate', file, '--group', 'family', '--main');
  expect(main.stdout).toContain('no trigger needed here: 2');
  const other = await world.run('simulate', file, '--group', 'nobody');
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('No registered group') });
});

test('a question that the budget does not allow is no answered one', async () => {
  const budget = { runsPerDay: 0 };
  world.register({ '1@g.us': { name: 'Family', folder: 'family', budget } });
  const folder = join(world.home, 'prompts');
  const options = ['--group', 'family', '--prompts', folder];
  const { stdout } = await world.run('simulate', save(LINES.join('\n')), ...options);
  expect(stdout).toContain('not run  Tue 2024-12-31 10:01  the budget of the day is used up');
  expect(stdout).toContain('Answered: 0, in 0 runs with prompts of 0 characters');
  expect(stdout).toContain('the budget was used up: 1');
  expect(readdirSync(folder)).toEqual([]);
});

test('--prompts writes what each run is asked, for the owner alone, and overwrites nothing', async () => {
  const folder = join(world.home, 'prompts');
  const file = save(LINES.join('\n'));
  expect((await world.run('simulate', file, '--prompts', folder)).code).toBe(0);
  expect(readdirSync(folder)).toEqual(['run-00001.txt']);
  expect(readFileSync(join(folder, 'run-00001.txt'), 'utf8')).toContain('@Assistant hi');
  const again = await world.run('simulate', file, '--prompts', folder);
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
});

test('dates that can be read both ways are asked for', async () => {
  const file = save('01/02/24, 10:00 - Ana: hi\n02/02/24, 10:00 - Ana: hi');
  const unsure = await world.run('simulate', file);
  expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('--date-order') });
  const { stdout } = await world.run('simulate', file, '--date-order', 'mdy');
  expect(stdout).toContain('2024-01-02');
});

test.each<[string, string | Uint8Array, string]>([
  ['an empty file', '', 'No line of it'],
  ['another text', 'hello\nworld', 'No line of it'],
  ['a zip', 'PK\u0003\u0004', 'unzip'],
  ['Latin 1', Buffer.from('31/12/24, 10:00 - Ana: grüße', 'latin1'), 'UTF-8'],
])('%s is refused in one sentence', async (_title, content, reason) => {
  const end = await world.run('simulate', save(content));
  expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
});

test.each([
  [['missing.txt'], 'cannot be read. There is no such file.'],
  [['.'], 'It is no file: name the _chat.txt of an export.'],
  [['chat.txt', '--person', 'Ana'], '--person'],
  [['chat.txt', '--run-seconds', 'soon'], '--run-seconds'],
  [['chat.txt', '--time-zone', 'Mars'], '--time-zone'],
  [['chat.txt', '--trigger', '@'], '--trigger'],
  [['chat.txt', '--date-order', 'dym'], 'Allowed choices'],
])('%j is refused', async ([file = '', ...options], reason) => {
  save(LINES.join('\n'));
  const end = await world.run('simulate', join(world.home, file), ...options);
  expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
});

test('a pipe that nobody writes to is refused instead of waited for', async () => {
  const pipe = join(world.home, 'pipe');
  execFileSync('mkfifo', [pipe]);
  const end = await world.run('simulate', pipe);
  expect(end).toMatchObject({ code: 2, stderr: expect.stringContaining('It is no file') });
});

test('a text of a member cannot steer the terminal', async () => {
  const file = save('31/12/24, 10:01 - Bob: @Assistant \u001b[2J');
  expect((await world.run('simulate', file)).stdout).not.toContain('\u001b');
});

test('a simulation that is stopped ends as interrupted', async () => {
  const file = save(LINES.join('\n'));
  const { code } = await world.runWith({ signal: AbortSignal.abort() }, 'simulate', file);
  expect(code).toBe(130);
});
