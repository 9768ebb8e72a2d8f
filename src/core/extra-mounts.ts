import { WORKSPACE } from '@deckhand/protocol';
import { z } from 'zod';
import { blockedName, blockedPath } from './blocked-names.ts';
import type { ExtraMount } from './group.ts';
import { findSystemPlace, isWithin } from './host-places.ts';
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

/** `special`: a socket, device or FIFO, or a program that changes who runs it. `linked file`: it has a second name. */
export type SourceKind = 'folder' | 'file' | 'linked file' | 'special';

/** Where a mount leads, and what is around there. All paths absolute and real. */
export interface MountPlace {
  readonly mount: ExtraMount;
  readonly realPath: string;
  readonly roots: readonly { readonly realPath: string; readonly allowReadWrite: boolean }[];
  readonly blockedPatterns: readonly string[];
  /** Folders no mount may hold or lie in: other groups' data, credentials, the allowlist itself. */
  readonly ownFolders: readonly string[];
  readonly userHome: string;
}

/** What the file system says about a mount, looked up by the caller. */
export interface ExtraMountFacts extends MountPlace {
  readonly kind: SourceKind;
  /** Relative paths of what is inside at every depth, when it is a folder. */
  readonly entries: readonly string[];
  /** Those of them that are sockets. */
  readonly sockets: readonly string[];
}

export type ExtraMountDecision =
  | { ok: true; mount: AgentMount; note?: string }
  | { ok: false; reason: string };

const TARGET = /^\w[\w.-]*(\/\w[\w.-]*)*$/;

/** Decides on one extra mount; read-write is granted only where everything agrees, else it is read-only. */
export function decideExtraMount(
  subject: MountSubject,
  facts: ExtraMountFacts,
): ExtraMountDecision {
  const { mount } = facts;
  const refuse = (why: string): ExtraMountDecision => ({
    ok: false,
    reason: `mount ${mount.hostPath} is refused: ${why}`,
  });
  if (!TARGET.test(mount.containerPath)) {
    return refuse(
      `containerPath "${mount.containerPath}" must be plain names under /workspace/extra`,
    );
  }
  const obstacle = findPlaceObstacle(facts) ?? contentObstacle(facts);
  if (obstacle !== undefined) return refuse(obstacle);
  return grant(subject, facts, rootOf(facts)?.allowReadWrite === true);
}

/** Why nothing at this place is given, whatever it holds; undefined when it may be. */
export function findPlaceObstacle(place: MountPlace): string | undefined {
  const { mount, realPath, ownFolders, userHome, blockedPatterns } = place;
  const parts = [...mount.hostPath.split('/'), ...realPath.split('/')];
  const name = blockedName(parts, blockedPatterns);
  if (name !== undefined) return `"${name}" is a blocked name`;
  const own = ownFolders.find((f) => isWithin(realPath, f) || isWithin(f, realPath));
  if (own !== undefined) return `it overlaps Deckhand's own ${own}`;
  const system = findSystemPlace(realPath);
  if (system !== undefined) return `it overlaps the system's ${system}`;
  if (isWithin(userHome, realPath)) return 'it holds a whole home folder';
  return rootOf(place) === undefined
    ? 'it lies under no allowed root of the mount allowlist'
    : undefined;
}

function rootOf({ roots, realPath }: MountPlace): MountPlace['roots'][number] | undefined {
  return roots.find((root) => isWithin(realPath, root.realPath));
}

function contentObstacle(facts: ExtraMountFacts): string | undefined {
  const { kind, entries, sockets, blockedPatterns } = facts;
  if (kind === 'special') return 'it is neither a folder nor a plain file';
  if (kind === 'linked file') return 'it is a file with a second name';
  const inside = blockedPath(entries, blockedPatterns);
  if (inside !== undefined) return `it holds "${inside}", a blocked name`;
  return sockets[0] === undefined ? undefined : `it holds "${sockets[0]}", a socket`;
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
