import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { followTasksNudge } from './tasks-nudge.ts';

test('a change by another process is told, the first as well as the next', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deckhand-nudge-'));
  const path = join(folder, 'tasks.nudge');
  let told = Promise.withResolvers<void>();
  const logger = createLogger('silent');
  await using _following = await followTasksNudge({ path, onNudge: () => told.resolve(), logger });
  for (const content of ['1', '22']) {
    writeFileSync(path, content);
    expect(await told.promise).toBeUndefined();
    told = Promise.withResolvers();
  }
  rmSync(folder, { recursive: true });
});
