import { basename, dirname, join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isArchivePath } from '../../src/backup/archive-path.ts';
import { decideExtraMount } from '../../src/core/extra-mounts.ts';
import { folderNameSchema } from '../../src/core/folder-name.ts';
import { isSafeName } from '../../src/ipc/request-name.ts';
import { hostPaths } from '../../src/paths.ts';
import { pathsOf } from './any-path.ts';

const RUNS = { numRuns: 5_000 };
const HOME = '/srv/deckhand';
const paths = hostPaths(HOME);

/** Names that pass, so that not everything is refused, next to what nobody should be let in with. */
const folders = fc.oneof(
  pathsOf(['family', 'main', 'Family', 'fam\u0131ly', 'global', 'con']),
  fc.stringMatching(/^[a-zA-Z0-9_.\-/\0]{0,70}$/),
);

test('P7: a group folder that is accepted is one plain name below each root, whatever was asked for', () => {
  fc.assert(
    fc.property(folders, (folder) => {
      if (!folderNameSchema.safeParse(folder).success) return;
      for (const [root, path] of [
        [paths.groups, paths.groupFolder(folder)],
        [paths.ipcRoot, paths.ipc(folder)],
        [join(paths.data, 'codex'), dirname(paths.codexHome(folder))],
        [join(paths.data, 'claude'), dirname(paths.claudeHome(folder))],
        [paths.claimedRoot, join(paths.claimedRoot, folder)],
        [paths.quarantineRoot, join(paths.quarantineRoot, folder)],
      ] as const) {
        expect(dirname(resolve(path))).toBe(root);
        expect(basename(path)).toBe(folder);
      }
    }),
    RUNS,
  );
});

test('P7: no two accepted group folders are the same to a file system that folds letter case or unicode', () => {
  fc.assert(
    fc.property(folders, (folder) => {
      if (!folderNameSchema.safeParse(folder).success) return;
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
        expect(folder.normalize(form).toLowerCase()).toBe(folder);
    }),
    RUNS,
  );
});

test('P7: a request name that is accepted is a visible file of the mailbox itself', () => {
  const names = fc
    .oneof(pathsOf(['a.json', 'reply', '-rf']), fc.stringMatching(/^[a-zA-Z0-9_.\-/\0 ]{0,140}$/))
    .chain((name) => fc.constantFrom(name, `${name}.json`));
  fc.assert(
    fc.property(names, (name) => {
      if (!isSafeName(name)) return;
      const path = join(paths.claimedRoot, 'family', 'messages', name);
      expect(relative(join(paths.claimedRoot, 'family', 'messages'), path)).toBe(name);
      expect(name).toMatch(/^[^./][^/]*\.json$/);
    }),
    RUNS,
  );
});

test('P7: a path of an archive that is accepted lies below the installation, where a backup puts things', () => {
  const entries = pathsOf([
    'groups',
    'data',
    'data/deckhand.db',
    'data/spool',
    'data/credentials',
    'data/claude/family/.claude/projects',
    '.env',
    'src',
  ]);
  fc.assert(
    fc.property(entries, (entry) => {
      if (!isArchivePath(entry)) return;
      const place = relative(HOME, resolve(HOME, entry));
      expect(place).toBe(entry);
      expect(place).toMatch(/^(?:groups|data|\.env)(?:$|\/)/);
      expect(Buffer.byteLength(join(HOME, entry))).toBeLessThan(4_096);
    }),
    RUNS,
  );
});

test('P7: an extra mount that is granted comes from an allowed root and lands below /workspace/extra', () => {
  const root = '/home/ann/code';
  const own = [`${root}/deckhand/data`, `${root}/deckhand/groups`];
  const names = ['site', 'a/b', '.ssh', 'deckhand', 'deckhand/data', 'deckhand/data/x', 'data'];
  fc.assert(
    fc.property(pathsOf(names), pathsOf(['site', 'group']), (place, containerPath) => {
      const hostPath = `${root}/${place}`;
      const decision = decideExtraMount(
        { isMain: true, approvalPolicy: 'full' },
        {
          mount: { hostPath, containerPath, readonly: false },
          realPath: resolve(hostPath),
          kind: 'folder',
          entries: [],
          sockets: [],
          userHome: '/home/ann',
          roots: [{ realPath: root, allowReadWrite: true }],
          blockedPatterns: [],
          ownFolders: own,
        },
      );
      if (!decision.ok) return;
      const { source, target } = decision.mount;
      expect(`${source}/`.startsWith(`${root}/`)).toBe(true);
      for (const folder of own) {
        expect(`${source}/`.startsWith(`${folder}/`)).toBe(false);
        expect(`${folder}/`.startsWith(`${source}/`)).toBe(false);
      }
      expect(resolve(target)).toBe(target);
      expect(target.startsWith('/workspace/extra/')).toBe(true);
    }),
    RUNS,
  );
});
