import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideExtraMount, type ExtraMountFacts, mountAllowlistSchema } from './extra-mounts.ts';
import type { MountSubject } from './mounts.ts';

const main: MountSubject = { isMain: true, approvalPolicy: 'full' };

function facts(overrides: Partial<ExtraMountFacts> & { path?: string } = {}): ExtraMountFacts {
  const path = overrides.path ?? '/home/ann/code/site';
  return {
    mount: { hostPath: path, containerPath: 'site', readonly: true },
    realPath: path,
    kind: 'folder',
    entries: ['index.html'],
    sockets: [],
    userHome: '/home/ann',
    roots: [{ realPath: '/home/ann/code', allowReadWrite: true }],
    blockedPatterns: [],
    ownFolders: ['/srv/deckhand/data', '/srv/deckhand/groups', '/home/ann/.config/deckhand'],
    ...overrides,
  };
}

function reasonOf(overrides: Parameters<typeof facts>[0]): string {
  const decision = decideExtraMount(main, facts(overrides));
  return decision.ok ? 'granted' : decision.reason;
}

test('a folder under an allowed root is mounted read-only under /workspace/extra', () => {
  expect(decideExtraMount(main, facts())).toEqual({
    ok: true,
    mount: { source: '/home/ann/code/site', target: '/workspace/extra/site', isReadOnly: true },
  });
});

test('a folder whose name merely starts like an allowed root is refused', () => {
  expect(reasonOf({ path: '/home/ann/code-private' })).toContain('no allowed root');
});

test('what counts is where a link leads, not how it is called', () => {
  expect(reasonOf({ realPath: '/home/ann/private' })).toContain('no allowed root');
  expect(reasonOf({ realPath: '/home/ann/code/.ssh' })).toContain('".ssh" is a blocked name');
});

test.each(['.ssh', '.SSH', '.env', '.env.local', 'docker.sock', 'id_ed25519.pub', 'server.pem'])(
  'a path with %s in it is refused',
  (name) => {
    expect(reasonOf({ path: `/home/ann/code/${name}` })).toContain('blocked name');
    expect(reasonOf({ path: `/home/ann/code/${name}/deeper` })).toContain('blocked name');
  },
);

test('a folder that directly holds a blocked name is refused', () => {
  expect(reasonOf({ entries: ['src', '.env'] })).toContain('it holds ".env"');
});

test('the allowlist can block further names', () => {
  expect(reasonOf({ path: '/home/ann/code/tax-2026', blockedPatterns: ['tax-*'] })).toContain(
    'blocked',
  );
});

test.each(['/', '/srv', '/srv/deckhand/data', '/srv/deckhand/groups/other', '/home/ann'])(
  'a mount of %s is refused because it overlaps own folders, even under an allowed root',
  (path) => {
    const roots = [{ realPath: '/', allowReadWrite: true }];
    expect(reasonOf({ path, roots })).toContain("Deckhand's own");
  },
);

test.each(['', '..', '../group', '/etc', 'a/../b', 'a//b', '.hidden', 'a b'])(
  'container path "%s" is refused',
  (containerPath) => {
    const mount = { hostPath: '/home/ann/code/site', containerPath, readonly: true };
    expect(reasonOf({ mount })).toContain('plain names');
  },
);

test('no container path leaves /workspace/extra', () => {
  fc.assert(
    fc.property(fc.string(), (containerPath) => {
      const mount = { hostPath: '/home/ann/code/site', containerPath, readonly: true };
      const decision = decideExtraMount(main, facts({ mount }));
      if (!decision.ok) return true;
      const { pathname } = new URL(`file://${decision.mount.target}`);
      return pathname.startsWith('/workspace/extra/');
    }),
  );
});

test.each([
  ['main group under full', main, true, false],
  ['main group under auto', { ...main, approvalPolicy: 'auto' }, true, true],
  ['group other than main', { ...main, isMain: false }, true, true],
  ['main group of a read-only root', main, false, true],
] as const)('a read-write mount asked for a %s', (_who, subject, allowReadWrite, isReadOnly) => {
  const mount = { hostPath: '/home/ann/code/site', containerPath: 'site', readonly: false };
  const roots = [{ realPath: '/home/ann/code', allowReadWrite }];
  const decision = decideExtraMount(subject, facts({ mount, roots }));
  expect(decision).toMatchObject({ ok: true, mount: { isReadOnly } });
  expect('note' in decision).toBe(isReadOnly);
});

test('an allowlist with an unknown key is not accepted', () => {
  expect(mountAllowlistSchema.safeParse({ allowedRoots: [], allowAll: true }).success).toBe(false);
});
