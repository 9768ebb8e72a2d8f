import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createAgentPlanner } from '../../src/containers/agent-planner.ts';
import { verifyMounts } from '../../src/containers/mount-identity.ts';
import { surveyFolder } from '../../src/containers/mount-survey.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { createLogger } from '../../src/logger.ts';
import { hostPaths } from '../../src/paths.ts';
import { PLAN_NETWORK } from '../fakes/by-network.ts';
import { intrude, untilDone } from './mailbox/intruder.ts';

/** A person's home with folders `code` and `secrets`, of which the allowlist names `code` and, when told, all. */
async function makeHome(allowed = '~/code') {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'deckhand-t18-')));
  const userHome = join(root, 'ann');
  const code = join(userHome, 'code');
  const allowlistFile = join(userHome, '.config', 'deckhand', 'mount-allowlist.json');
  await mkdir(join(code, 'site'), { recursive: true });
  await mkdir(join(userHome, 'secrets'));
  await mkdir(dirname(allowlistFile), { recursive: true });
  await mkdir(join(root, 'program'));
  const list = { allowedRoots: [{ path: allowed, allowReadWrite: true }] };
  await writeFile(allowlistFile, JSON.stringify(list), { mode: 0o600 });
  const deps = {
    paths: hostPaths(join(root, 'deckhand')),
    projectRoot: join(root, 'program'),
    userHome,
    allowlistFile,
    memoryMb: 256,
    cpus: 1,
    logger: createLogger('silent'),
  };
  return {
    root,
    code,
    deps,
    /** The mount that is given, or the reason why none is. */
    async mount(hostPath: string, containerPath = 'x', overrides: Partial<typeof deps> = {}) {
      const group = registeredGroupSchema.parse({
        jid: 'main@g.us',
        name: 'Main',
        folder: 'main',
        isMain: true,
        containerConfig: { additionalMounts: [{ hostPath, containerPath, readonly: false }] },
      });
      const planned = await createAgentPlanner({
        planOutlet: PLAN_NETWORK,
        ...deps,
        ...overrides,
      })(group);
      return planned.ok ? planned.spec.mounts.at(-1)! : planned.reason;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

test('T18: what the allowlist names is given, by its real path', async () => {
  await using home = await makeHome();
  await symlink('site', join(home.code, 'latest'));
  expect(await home.mount('~/code/latest')).toMatchObject({ source: join(home.code, 'site') });
});

test.each(['../secrets', '../../ann/secrets', './site/../../secrets', 'site/../../secrets/'])(
  'T18: a path that leaves an allowed root by %s is refused',
  async (path) => {
    await using home = await makeHome();
    expect(await home.mount(`~/code/${path}`)).toContain('no allowed root');
  },
);

test('T18: a path is judged after `~` and links are followed, in the root of the allowlist too', async () => {
  await using home = await makeHome('~/work');
  await symlink('code', join(home.deps.userHome, 'work'));
  await symlink('../../secrets', join(home.code, 'site', 'deep'));
  expect(await home.mount('~/work/site')).toMatchObject({ source: join(home.code, 'site') });
  expect(await home.mount('~/work/site/deep')).toContain('no allowed root');
  expect(await home.mount('~root/x')).toContain('must be an absolute path');
  expect(await home.mount('~/code/./site')).toMatchObject({ source: join(home.code, 'site') });
});

test.each(['/', '/proc', '/proc/self/root', '/sys', '/dev', '/etc', '/run', '/var/run', '/usr'])(
  'T18: %s is refused even where the allowlist names everything',
  async (path) => {
    await using home = await makeHome('/');
    expect(await home.mount(join(home.code, 'site'))).toMatchObject({ isReadOnly: false });
    expect(await home.mount(path)).toMatch(/overlaps (?:the system's|Deckhand's own)/);
  },
);

test('T18: a whole home is refused, and so is what holds one', async () => {
  await using home = await makeHome('/');
  const elsewhere = join(home.root, 'list');
  await mkdir(elsewhere);
  await rename(home.deps.allowlistFile, join(elsewhere, 'allow.json'));
  const allowlistFile = join(elsewhere, 'allow.json');
  expect(await home.mount('~', 'x', { allowlistFile })).toContain('a whole home folder');
  expect(await home.mount(home.root, 'x', { allowlistFile })).toContain("Deckhand's own");
});

test("T18: the program's own folder and all groups' data are refused even where everything is allowed", async () => {
  await using home = await makeHome('/');
  for (const path of [
    home.deps.projectRoot,
    home.deps.paths.data,
    home.deps.paths.groupFolder('main'),
    home.deps.paths.ipc('main'),
    dirname(home.deps.allowlistFile),
  ]) {
    await mkdir(path, { recursive: true });
    expect(await home.mount(path)).toContain("Deckhand's own");
  }
});

test.each(['.ssh', '.SSH', '.Ssh ', '.ssh.', '.s\u200bsh', '.\uff53sh', '.ENV', '.env\u00ad'])(
  'T18: the spelling "%s" of a blocked name is refused',
  async (name) => {
    await using home = await makeHome();
    await mkdir(join(home.code, name));
    expect(await home.mount(`~/code/${name}`)).toContain('a blocked name');
    expect(await home.mount('~/code')).toContain('a blocked name');
  },
);

test('T18: a secret deep in a folder is found, and in folders of packages it is not looked for', async () => {
  await using home = await makeHome();
  const packages = join(home.code, 'site', 'node_modules', 'a');
  await mkdir(packages, { recursive: true });
  await writeFile(join(packages, '.env'), '');
  await mkdir(join(home.code, 'site', 'src', 'credentials'), { recursive: true });
  expect(await home.mount('~/code/site')).toMatchObject({ target: '/workspace/extra/x' });
  await mkdir(join(home.code, 'site', 'a', 'b', 'c'), { recursive: true });
  await writeFile(join(home.code, 'site', 'a', 'b', 'c', '.env'), 'KEY=1');
  expect(await home.mount('~/code/site')).toContain('it holds "a/b/c/.env"');
});

test('T18: a socket is refused whatever it is called, by itself and inside a folder', async () => {
  await using home = await makeHome();
  const path = join(home.code, 'site', 'innocent');
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  try {
    expect(await home.mount('~/code/site/innocent')).toContain('neither a folder nor a plain file');
    expect(await home.mount('~/code/site')).toContain('"innocent", a socket');
  } finally {
    server.close();
  }
});

test('T18: a file with a second name and a set-user-id program are refused, a plain file is given', async () => {
  await using home = await makeHome();
  const file = join(home.code, 'notes');
  await writeFile(file, '');
  expect(await home.mount('~/code/notes')).toMatchObject({ source: file });
  await chmod(file, 0o4755);
  expect(await home.mount('~/code/notes')).toContain('neither a folder nor a plain file');
  await chmod(file, 0o644);
  await link(file, join(home.root, 'second'));
  expect(await home.mount('~/code/notes')).toContain('second name');
});

test.each([0o620, 0o602, 0o666])(
  'T18: an allowlist of mode %o, which others may write, is refused with what to do',
  async (mode) => {
    await using home = await makeHome();
    await chmod(home.deps.allowlistFile, mode);
    expect(await home.mount('~/code/site')).toContain(`chmod go-w "${home.deps.allowlistFile}"`);
  },
);

test('T18: an allowlist in a folder in which others may exchange it is refused', async () => {
  await using home = await makeHome();
  await chmod(dirname(home.deps.allowlistFile), 0o777);
  expect(await home.mount('~/code/site')).toContain('chmod go-w');
});

test.runIf(process.getuid?.() === 0)('T18: an allowlist of another user is refused', async () => {
  await using home = await makeHome();
  await chown(home.deps.allowlistFile, 4_242, 4_242);
  expect(await home.mount('~/code/site')).toContain('belongs to another user (4242)');
});

test('T18: an allowlist inside the project or the data is refused, also behind a link', async () => {
  await using home = await makeHome();
  for (const folder of [home.deps.projectRoot, home.deps.paths.groupFolder('main')]) {
    const file = join(folder, 'allow.json');
    await mkdir(folder, { recursive: true });
    await writeFile(file, '{"allowedRoots":[{"path":"/"}]}', { mode: 0o600 });
    const behind = join(home.root, `link-to-${folder === home.deps.projectRoot}`);
    await symlink(file, behind);
    for (const allowlistFile of [file, behind])
      expect(await home.mount('~/code/site', 'x', { allowlistFile })).toContain('must not lie in');
  }
});

test('T18: a mount that holds the real file of a linked allowlist is refused', async () => {
  await using home = await makeHome();
  await mkdir(join(home.code, 'dotfiles'));
  await rename(home.deps.allowlistFile, join(home.code, 'dotfiles', 'allow.json'));
  await symlink(join(home.code, 'dotfiles', 'allow.json'), home.deps.allowlistFile);
  expect(await home.mount('~/code/site')).toMatchObject({ target: '/workspace/extra/x' });
  expect(await home.mount('~/code')).toContain("Deckhand's own");
  expect(await home.mount('~/code/dotfiles')).toContain("Deckhand's own");
});

test('T18: a folder too large to be looked through is looked through from the top and said to be', async () => {
  await using home = await makeHome();
  for (const name of ['a', 'b', 'c'])
    await mkdir(join(home.code, 'site', name, 'deep'), { recursive: true });
  const survey = await surveyFolder(join(home.code, 'site'), 3);
  expect(survey).toMatchObject({ isWhole: false });
  expect([...survey.entries].sort()).toEqual(['a', 'b', 'c']);
  expect(await surveyFolder(join(home.code, 'site'), 6)).toMatchObject({ isWhole: true });
});

test('T18: folders nested without end are looked through to a depth and said to be more', async () => {
  await using home = await makeHome();
  const levels = Array<string>(15).fill('d'.repeat(100));
  await mkdir(join(home.code, 'site', ...levels), { recursive: true });
  const survey = await surveyFolder(join(home.code, 'site'));
  expect(survey).toMatchObject({ isWhole: false });
  expect(survey.entries).toHaveLength(10);
});

test('T18: what is exchanged after the look at it is not used', async () => {
  await using home = await makeHome();
  const given = await home.mount('~/code/site');
  if (typeof given === 'string') throw new Error(given);
  await verifyMounts([given], process.pid);
  await rename(join(home.code, 'site'), join(home.code, 'kept'));
  await symlink('../secrets', join(home.code, 'site'));
  await expect(verifyMounts([given], process.pid)).rejects.toThrow('was exchanged');
  await rm(join(home.code, 'site'));
  await rename(join(home.code, 'kept'), join(home.code, 'site'));
  await verifyMounts([given], process.pid);
  await rename(home.code, join(home.deps.userHome, 'kept'));
  await mkdir(join(home.deps.userHome, 'secrets', 'site'));
  await symlink('secrets', home.code);
  await expect(verifyMounts([given], process.pid)).rejects.toThrow('was exchanged');
});

test('T18: a folder exchanged with a link 10,000 times during the look is never pinned outside of its root', async () => {
  await using home = await makeHome();
  const box = join(home.code, 'box');
  const target = join(home.deps.userHome, 'secrets');
  for (const folder of [box, target]) await mkdir(join(folder, 'site'), { recursive: true });
  const { dev, ino } = await lstat(join(box, 'site'), { bigint: true });
  const given = new Set<string | undefined>();
  await untilDone(intrude({ exchange: 'folder', box, target, swaps: 10_000 }), async () => {
    const mount = await home.mount('~/code/box/site');
    if (typeof mount !== 'string') given.add(mount.identity);
  });
  expect([...given]).toEqual([`${dev}:${ino}`]);
});
