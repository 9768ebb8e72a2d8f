import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { chmodCommand } from './chmod-command.ts';

test.each(['plain.json', 'two words.json', "it's $HOME `id` \\.json"])(
  'the command changes the file %s in a shell',
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'deckhand-chmod-'));
    const path = join(folder, name);
    writeFileSync(path, '', { mode: 0o644 });
    execFileSync('sh', ['-c', chmodCommand(path)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  },
);
