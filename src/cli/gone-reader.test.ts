import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../bin/deckhand.js', import.meta.url));

test.each([
  { gone: 'stdout', other: 'stderr', args: ['--help'], code: 0 },
  { gone: 'stderr', other: 'stdout', args: ['no-such-command'], code: 2 },
] as const)(
  'a reader of $gone that has gone away ends a command as it would have ended, without a word',
  async ({ gone, other, args, code }) => {
    await using home = await mkdtempDisposable(join(tmpdir(), 'deckhand-reader-'));
    const child = spawn(process.execPath, [LAUNCHER, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], DECKHAND_HOME: home.path },
    });
    child[gone].destroy();
    const [[ended], said] = await Promise.all([once(child, 'close'), text(child[other])]);
    expect({ ended, said }).toEqual({ ended: code, said: '' });
  },
);
