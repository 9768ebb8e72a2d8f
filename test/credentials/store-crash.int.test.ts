import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCredentialStore } from '../../src/credentials/file-credential-store.ts';

const WORKER = new URL('./store-crash-worker.ts', import.meta.url);

/** Resolves with the last write that was said to be safe before the process died. */
async function killAfter(writes: number, folder: string): Promise<number> {
  const worker = fork(WORKER, [folder]);
  let safe = 0;
  worker.on('message', (count: number) => {
    safe = count;
    if (count === writes) worker.kill('SIGKILL');
  });
  await once(worker, 'close');
  return safe;
}

test('a process that is killed at any moment leaves a whole file, not older than what it has said to be safe', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-store-crash-'));
  const store = createCredentialStore({ folder });
  for (let round = 0; round < 12; round++) {
    const safe = await killAfter(10 + round * 7, folder);
    const read = await store.read({ name: 'openai' });
    if (read.status !== 'found') throw new Error(`round ${round}: ${JSON.stringify(read)}`);
    expect(read.credential).toHaveProperty('savedAt');
    const { savedAt } = read.credential as { savedAt: number };
    expect(savedAt).toBeGreaterThanOrEqual(safe);
    await store.write({ name: 'openai' }, read.credential);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
  rmSync(folder, { recursive: true });
});
