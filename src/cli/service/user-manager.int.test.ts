import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';

const FIXTURE = new URL('user-manager.fixture.ts', import.meta.url).href;
const SCRIPT = `const { startUserManager } = await import(${JSON.stringify(FIXTURE)});
  const { enter, environment } = await startUserManager();
  console.log(JSON.stringify([enter[2], environment.HOME]));
  setInterval(() => undefined, 1000);`;

test('of a test that is killed neither processes nor folders nor control groups are left', async () => {
  const killed = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT]);
  const [line]: unknown[] = await once(killed.stdout, 'data');
  const [pid, home] = z.tuple([z.string(), z.string()]).parse(JSON.parse(String(line)));
  killed.kill('SIGKILL');
  const folder = dirname(home);
  while (existsSync(folder)) await setImmediate();
  expect(existsSync(`/proc/${pid}`)).toBe(false);
  const found = await promisify(execFile)('find', ['/sys/fs/cgroup', '-name', basename(folder)]);
  expect(found.stdout).toBe('');
});
