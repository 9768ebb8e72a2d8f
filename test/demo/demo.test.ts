import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

interface DemoEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runDemo(...args: string[]): Promise<DemoEnd> {
  const main = join(import.meta.dirname, 'main.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const eventSchema = z.looseObject({ type: z.string() });
const replySchema = z.looseObject({ text: z.string(), ms: z.number().positive() });

test('one message said with --json gives one JSON object per line and the reply', {
  timeout: 60_000,
}, async () => {
  const args = [
    '--runtime',
    'process',
    '--provider',
    'codex',
    '--json',
    '--say',
    '@Assistant hello',
  ];
  const { code, stdout } = await runDemo(...args);
  expect(code).toBe(0);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)));
  const reply = replySchema.parse(events.find((event) => event.type === 'reply'));
  expect(reply.text).toContain('@Assistant hello');
  expect(events.findLast(({ type }) => type === 'receipt')).toMatchObject({ emoji: '✅' });
  expect(events[0]).toMatchObject({ type: 'runtime', runtime: 'process' });
});

test.each([
  [['--provider', 'gpt'], '--provider is claude, codex, responses'],
  [['--runtime', 'vm'], '--runtime is docker or process'],
  [['--say', ' '], '--say needs a text'],
  [['--nonsense'], '--nonsense'],
])('wrong arguments %j end with 2 and say what is wrong', async (args, problem) => {
  const { code, stderr } = await runDemo(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(problem);
});

test('--help shows how to use it', async () => {
  expect(await runDemo('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('npm run demo'),
  });
});
