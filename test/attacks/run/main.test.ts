import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

function start(...argv: readonly string[]) {
  const program = join(import.meta.dirname, 'main.ts');
  return spawn(process.execPath, [program, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
}

test.for([
  ['--fast', "Unknown option '--fast'. See --help.\n"],
  ['--only T4,T13 --runtime process', 'T13 cannot be attacked without containers.\n'],
])('"%s" ends with code 2 and one sentence', async ([argv = '', said]) => {
  const child = start(...argv.split(' '));
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ told, code }).toEqual({ told: said, code: 2 });
});

test('when nobody reads on, no more is attacked, and nothing is said of it', async () => {
  const child = start('--only', 'T6,T7', '--quick');
  child.stdout.destroy();
  const [told, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ told, code }).toEqual({ told: '', code: 1 });
});
