import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { agentPaths } from '@deckhand/protocol';
import fc from 'fast-check';
import type { ParsedTarEntry } from 'modern-tar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveWorkspacePath } from '../../container/agent-runner/src/providers/responses/tools/workspace-path.ts';
import { createWriteTool } from '../../container/agent-runner/src/providers/responses/tools/write-file.ts';
import { BackupError } from '../../src/backup/backup-error.ts';
import { Stage } from '../../src/backup/stage.ts';
import { createAgentPlanner } from '../../src/containers/agent-planner.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { createLogger } from '../../src/logger.ts';
import { openGroupFile } from '../../src/media/group-file.ts';
import { hostPaths } from '../../src/paths.ts';
import { PLAN_NETWORK } from '../fakes/by-network.ts';
import { pathsOf } from './any-path.ts';
import { createLinkedTree, TREE_NAMES, takeInventory } from './linked-tree.ts';

let home = '';
let group = '';
beforeEach(async () => {
  ({ home, group } = await createLinkedTree());
});
afterEach(() => rm(home, { recursive: true }));

const anyPath = pathsOf(TREE_NAMES);

test('P7: a file that an agent names is one of its own folder, or none: no link and no second name leads out', async () => {
  await fc.assert(
    fc.asyncProperty(anyPath, async (path) => {
      const opened = await openGroupFile(group, path, 1_000);
      if (!opened.ok) return;
      await using file = opened.file;
      expect(await file.readFile('utf8')).toBe(`inside ${path}`);
    }),
    { numRuns: 2_000, examples: TREE_NAMES.map((path): [string] => [path]) },
  );
});

test('P7: a path that a model names leads to what lies below its own folders with every link followed', async () => {
  const paths = agentPaths(home);
  const roots = [await realpath(paths.group), join(await realpath(home), 'extra')];
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        anyPath,
        anyPath.map((path) => `${home}/${path}`),
      ),
      async (path) => {
        const found = await resolveWorkspacePath(path, paths);
        if (!found.ok) return;
        expect(await realPathOf(found.path)).toBe(found.path);
        const steps = roots.map((root) => relative(root, found.path));
        expect(steps.some((step) => step.split('/')[0] !== '..')).toBe(true);
      },
    ),
    { numRuns: 2_000, examples: TREE_NAMES.map((path): [string] => [path]) },
  );
});

/** Of what does not exist, the path itself; a link that leads nowhere is not opened, see below. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/^(ENOENT|ENAMETOOLONG)$/) });
    return path;
  }
}

test('P7: whatever path a model writes to, nothing outside its own folders changes', async () => {
  const tool = createWriteTool(agentPaths(home));
  const signal = new AbortController().signal;
  // No agent can make one: what is outside is another mount.
  await rm(join(group, 'twin'));
  const before = await takeInventory(join(home, 'outside'));
  await fc.assert(
    fc.asyncProperty(anyPath, async (path) => {
      fc.pre(path !== '');
      await tool.call({ path, content: 'written' }, signal);
      expect(await takeInventory(join(home, 'outside'))).toEqual(before);
    }),
    { numRuns: 500, examples: TREE_NAMES.map((path): [string] => [path]) },
  );
});

test('P7: whatever entries an archive has, they are unpacked into the folder for it or refused', async () => {
  const name = pathsOf(['groups', 'groups/../..', 'data/spool', 'data/deckhand.db', '.env']);
  const type = fc.constantFrom<NonNullable<ParsedTarEntry['header']['type']>[]>(
    'file',
    'directory',
    'symlink',
    'link',
    'fifo',
  );
  const entry = fc.record({ name, type, linkname: anyPath });
  const before = { ...(await takeInventory(home)) };
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 4 }), async (entries) => {
      const folder = await mkdtemp(join(home, 'stage-'));
      const stage = await Stage.open(folder);
      for (const header of entries) await addOrRefuse(stage, header);
      await rm(folder, { recursive: true });
      expect(await takeInventory(home)).toEqual(before);
    }),
    // Each file is synced to the disk.
    { numRuns: 300 },
  );
});

/** A file where a folder is wanted, or the other way round, is the only other fault. */
async function addOrRefuse(
  stage: Stage,
  part: Pick<ParsedTarEntry['header'], 'name' | 'type'>,
): Promise<void> {
  const header = { size: 1, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, ...part };
  const body = new Blob(['x']).stream() as ParsedTarEntry['body'];
  try {
    await stage.add({ header, body });
  } catch (error) {
    if (error instanceof BackupError) return;
    expect(error).toMatchObject({ code: expect.stringMatching(/^(EEXIST|ENOTDIR|EISDIR)$/) });
  }
}

test('P7: an extra mount comes from below an allowed root with every link followed, whatever path was asked for', async () => {
  const allowed = await realpath(group);
  const allowlistFile = join(home, 'config', 'allowlist.json');
  await mkdir(join(home, 'config'));
  await writeFile(allowlistFile, JSON.stringify({ allowedRoots: [{ path: allowed }] }));
  const logger = createLogger('silent');
  const paths = hostPaths(join(home, 'deckhand'));
  const planner = {
    paths,
    projectRoot: join(home, 'program'),
    userHome: group,
    allowlistFile,
    logger,
  };
  const plan = createAgentPlanner({
    planOutlet: PLAN_NETWORK,
    ...planner,
    memoryMb: 512,
    cpus: 1,
  });
  const hostPath = anyPath.chain((path) => fc.constantFrom(path, `${group}/${path}`, `~/${path}`));
  await fc.assert(
    fc.asyncProperty(hostPath, async (hostPath) => {
      const containerConfig = { additionalMounts: [{ hostPath, containerPath: 'x' }] };
      const parts = { jid: '1@g.us', name: 'x', folder: 'x', isMain: true, containerConfig };
      const parsed = registeredGroupSchema.safeParse(parts);
      if (!parsed.success) return;
      const planned = await plan(parsed.data);
      if (!planned.ok) return;
      const mount = planned.spec.mounts.find(({ target }) => target === '/workspace/extra/x');
      expect(`${mount?.source}/`.startsWith(`${allowed}/`)).toBe(true);
      expect(await realpath(mount?.source ?? '')).toBe(mount?.source);
    }),
    { numRuns: 200 },
  );
});
