import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MIB } from '../../core/byte-size.ts';
import { registeredGroupSchema } from '../../core/group.ts';
import { hostPaths } from '../../paths.ts';
import { checkQuotas } from './quotas.ts';

test('T16: a group that takes more than it may is named, whichever of its folders it fills', async () => {
  const paths = hostPaths(await mkdtemp(join(tmpdir(), 'deckhand-quotas-')));
  const groups = ['full', 'small', 'new', 'large'].map((folder) =>
    registeredGroupSchema.parse({
      jid: `${folder}@g.us`,
      name: folder,
      folder,
      ...(folder === 'large' && { containerConfig: { diskMb: 500 } }),
    }),
  );
  for (const [folder, mb] of [
    [paths.groupFolder('full'), 40],
    [paths.codexHome('full'), 40],
    [paths.groupFolder('small'), 40],
    [paths.groupFolder('large'), 80],
  ] as const) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'x'), Buffer.alloc(mb * MIB));
  }
  const { signal } = new AbortController();
  const findings = await checkQuotas(paths, { diskQuotaMb: 64 }, groups, signal);
  expect(findings).toMatchObject([
    { id: 'disk.quota', status: 'warning', detail: expect.stringContaining('full: ') },
  ]);
  await rm(paths.home, { recursive: true });
});
