import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIB } from '../core/byte-size.ts';
import { registeredGroupSchema } from '../core/group.ts';
import { createLogger } from '../logger.ts';
import { hostPaths } from '../paths.ts';
import { createDiskGuard, quotaOf } from './disk-guard.ts';

const team = { jid: '1@g.us', name: 'Team', folder: 'team' };
const small = registeredGroupSchema.parse({ ...team, containerConfig: { diskMb: 64 } });

test("a group's own quota wins over the installation's, which holds for an unknown group too", () => {
  expect(quotaOf(small, 500)).toBe(64 * MIB);
  expect(quotaOf(registeredGroupSchema.parse(team), 500)).toBe(500 * MIB);
  expect(quotaOf(undefined, 500)).toBe(500 * MIB);
});

test('T16: a run is held to the quota that the registration of its folder has', async () => {
  const home = await mkdtemp(join(tmpdir(), 'deckhand-guard-'));
  const paths = hostPaths(home);
  const looked = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  let loops = 0;
  let now = 0;
  const guard = createDiskGuard({
    paths,
    quotaMb: 5_000,
    reserveMb: 0,
    findByFolder: (folder) => (folder === 'team' ? small : undefined),
    now: () => (now += 10_000),
    async wait() {
      loops += 1;
      // Those of quotas and of the reserve.
      if (loops === 2) looked.resolve();
      await written.promise;
    },
    logger: createLogger('silent'),
  });
  await mkdir(paths.data, { recursive: true });
  await mkdir(paths.groupFolder('team'), { recursive: true });
  const stopped = Promise.withResolvers<string>();
  using _run = guard.watchRun('team', stopped.resolve);
  await looked.promise;
  await writeFile(join(paths.groupFolder('team'), 'f'), Buffer.alloc(65 * MIB));
  written.resolve();
  expect(await stopped.promise).toContain('more than the 64 MB');
  await rm(home, { recursive: true });
});
