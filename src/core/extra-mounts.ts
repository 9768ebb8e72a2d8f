import { WORKSPACE } from '@deckhand/protocol';
import { z } from 'zod';
import type { ExtraMount } from './group.ts';
import type { AgentMount, MountSubject } from './mounts.ts';

/**
 * `~/.config/deckhand/mount-allowlist.json`: which host folders groups may be given. It lies outside the
 * project, so that no agent can widen it. NanoClaw's `description` and `nonMainReadOnly` are accepted;
 * groups other than main are always read-only.
 */
export const mountAllowlistSchema = z.strictObject({
  allowedRoots: z.array(
    z.strictObject({
      /** Absolute, or `~/…`. */
      path: z.string().min(1),
      allowReadWrite: z.boolean().default(false),
      description: z.string().optional(),
    }),
  ),
  /** Names refused anywhere in a path, in addition to the built-in ones; `*` stands for any text. */
  blockedPatterns: z.array(z.string().min(1)).default([]),
  nonMainReadOnly: z.literal(true).optional(),
});
export type MountAllowlist = z.infer<typeof mountAllowlistSchema>;

/** Names that usually hold credentials. Compared without case, with every part of a path. */
const BLOCKED_NAMES = [
  '.ssh',
  '.gnupg',
  '.gpg',
  '.aws',
  '.azure',
  '.gcloud',
  'gcloud',
  '.kube',
  '.docker',
  'docker.sock',
  '*.sock',
  '.env',
  '.env.*',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.git-credentials',
  '.password-store',
  '.codex',
  '.claude',
  'credentials*',
  'auth.json',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '*.pem',
  '*.key',
  '*.kdbx',
] as const;

/** What the file system says about a mount, looked up by the caller. All paths absolute and real. */
export interface ExtraMountFacts {
  readonly mount: ExtraMount;
  readonly realPath: string;
  /** Names directly inside, when it is a folder. */
  readonly entries: readonly string[];
  readonly roots: readonly { readonly realPath: string; readonly allowReadWrite: boolean }[];
  readonly blockedPatterns: readonly string[];
  /** Folders no mount may hold or lie in: other groups' data, credentials, the allowlist itself. */
  readonly ownFolders: readonly string[];
}

export type ExtraMountDecision =
  | { ok: true; mount: AgentMount; note?: string }
  | { ok: false; reason: string };

const TARGET = /^\w[\w.-]*(\/\w[\w.-]*)*$/;

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function blockedName(names: readonly string[], patterns: readonly string[]): string | undefined {
  const expressions = patterns.map((pattern) => {
    const escaped = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`, 'i');
  });
  return names.find((name) => expressions.some((expression) => expression.test(name)));
}

/** Decides on one extra mount; read-write is granted only where everything agrees, else it is read-only. */
export function decideExtraMount(
  subject: MountSubject,
  facts: ExtraMountFacts,
): ExtraMountDecision {
  const { mount, realPath } = facts;
  const refuse = (why: string): ExtraMountDecision => ({
    ok: false,
    reason: `mount ${mount.hostPath} is refused: ${why}`,
  });
  if (!TARGET.test(mount.containerPath)) {
    return refuse(
      `containerPath "${mount.containerPath}" must be plain names under /workspace/extra`,
    );
  }
  const patterns = [...BLOCKED_NAMES, ...facts.blockedPatterns];
  const inPath = blockedName([...mount.hostPath.split('/'), ...realPath.split('/')], patterns);
  if (inPath !== undefined) return refuse(`"${inPath}" is a blocked name`);
  const own = facts.ownFolders.find((f) => isWithin(realPath, f) || isWithin(f, realPath));
  if (own !== undefined) return refuse(`it overlaps Deckhand's own ${own}`);
  const root = facts.roots.find((candidate) => isWithin(realPath, candidate.realPath));
  if (root === undefined) return refuse('it lies under no allowed root of the mount allowlist');
  const inside = blockedName(facts.entries, patterns);
  if (inside !== undefined) return refuse(`it holds "${inside}", a blocked name`);
  return grant(subject, facts, root.allowReadWrite);
}

function grant(
  subject: MountSubject,
  { mount, realPath }: ExtraMountFacts,
  allowReadWrite: boolean,
): ExtraMountDecision {
  const obstacle = mount.readonly ? undefined : writeObstacle(subject, allowReadWrite);
  const target = `${WORKSPACE}/extra/${mount.containerPath}`;
  const isReadOnly = mount.readonly || obstacle !== undefined;
  const granted = { source: realPath, target, isReadOnly };
  if (obstacle === undefined) return { ok: true, mount: granted };
  return { ok: true, mount: granted, note: `mount ${mount.hostPath} is read-only: ${obstacle}` };
}

function writeObstacle(subject: MountSubject, allowReadWrite: boolean): string | undefined {
  if (!subject.isMain) return 'only the main group may write extra mounts';
  if (!allowReadWrite) return 'its allowed root does not allow read-write';
  if (subject.approvalPolicy !== 'full') {
    return 'it needs approvalPolicy "full"';
  }
  return undefined;
}
