import { type BigIntStats, constants } from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import {
  decideExtraMount,
  type ExtraMountFacts,
  findPlaceObstacle,
  type SourceKind,
} from '../core/extra-mounts.ts';
import type { ExtraMount, RegisteredGroup } from '../core/group.ts';
import { isWithin } from '../core/host-places.ts';
import type { AgentMount, MountSubject } from '../core/mounts.ts';
import type { Logger } from '../logger.ts';
import type { HostPaths } from '../paths.ts';
import { errorText } from './docker-errors.ts';
import { expandHome, realPlaces } from './host-place.ts';
import { readMountAllowlist } from './mount-allowlist.ts';
import { identityOf } from './mount-identity.ts';
import { MountRefusedError } from './mount-refused-error.ts';
import { type MountSource, openMountSource } from './mount-source.ts';
import { type Survey, surveyFolder } from './mount-survey.ts';

/** Bits of a program that runs as its owner or group. */
const SET_ID = 0o6000;
const NOTHING: Survey = { entries: [], sockets: [], isWhole: true };

export interface ExtraMountDeps {
  readonly paths: Pick<HostPaths, 'data' | 'groups'>;
  readonly projectRoot: string;
  /** `~` in mounts. */
  readonly userHome: string;
  readonly allowlistFile: string;
  readonly logger: Logger;
}

type Surroundings = Pick<ExtraMountFacts, 'roots' | 'blockedPatterns' | 'ownFolders' | 'userHome'>;

/**
 * The mounts that a registration asks for beyond its own folders, by the allowlist and what the file system says.
 * Each is pinned: a container that was given something else in its place is not used. Throws a MountRefusedError.
 */
export async function planExtraMounts(
  deps: ExtraMountDeps,
  group: RegisteredGroup,
  subject: MountSubject,
): Promise<AgentMount[]> {
  const wanted = group.containerConfig?.additionalMounts ?? [];
  if (wanted.length === 0) return [];
  const surroundings = await lookAround(deps);
  const mounts: AgentMount[] = [];
  for (const mount of wanted) {
    const { facts, identity } = await lookAt(deps, mount, surroundings);
    const decision = decideExtraMount(subject, facts);
    if (!decision.ok) throw new MountRefusedError(decision.reason);
    if (decision.note !== undefined) {
      deps.logger.warn({ folder: group.folder, note: decision.note }, 'extra mount is limited');
    }
    mounts.push({ ...decision.mount, identity });
  }
  refuseOverlaps(mounts);
  return mounts;
}

async function lookAround(deps: ExtraMountDeps): Promise<Surroundings> {
  const own = [deps.paths.data, deps.paths.groups, deps.projectRoot];
  const { allowlist, realPath } = await readMountAllowlist(deps.allowlistFile, {
    uid: process.getuid?.(),
    forbidden: await realPlaces(own),
  });
  const roots: ExtraMountFacts['roots'][number][] = [];
  for (const { path, allowReadWrite } of allowlist.allowedRoots) {
    const [root] = await realPlaces([expandHome(deps.userHome, path)]);
    if (root !== undefined) roots.push({ realPath: root, allowReadWrite });
  }
  const [userHome = deps.userHome] = await realPlaces([deps.userHome]);
  const folders = [...own, dirname(deps.allowlistFile), dirname(realPath)];
  return {
    roots,
    userHome,
    blockedPatterns: allowlist.blockedPatterns,
    ownFolders: [...new Set(await realPlaces(folders))],
  };
}

async function lookAt(deps: ExtraMountDeps, mount: ExtraMount, surroundings: Surroundings) {
  await using source = await openSource(deps, mount.hostPath);
  const { realPath, found, ownPath } = source;
  const kind = kindOf(found);
  const place = { mount, realPath, ...surroundings };
  // Nothing is looked through that is refused for where it lies, such as the whole machine.
  const isOpen = kind === 'folder' && findPlaceObstacle(place) === undefined;
  const survey = isOpen ? await surveyFolder(ownPath) : NOTHING;
  if (!survey.isWhole)
    deps.logger.warn({ source: realPath }, 'extra mount is too large to be looked through wholly');
  const facts: ExtraMountFacts = { ...place, kind, ...survey };
  return { facts, identity: identityOf(found) };
}

function kindOf(found: BigIntStats): SourceKind {
  if (found.isDirectory()) return 'folder';
  const isPlain = (found.mode & BigInt(constants.S_IFMT | SET_ID)) === BigInt(constants.S_IFREG);
  if (!isPlain) return 'special';
  return found.nlink === 1n ? 'file' : 'linked file';
}

/** Neither in one place nor one in another: the engine would make the inner one's folder in the outer one's source. */
function refuseOverlaps(mounts: readonly AgentMount[]): void {
  for (const [index, { target }] of mounts.entries()) {
    const other = mounts.find((mount, at) => at !== index && isWithin(mount.target, target));
    if (other?.target === target) throw new MountRefusedError(`two mounts want ${target}`);
    if (other !== undefined) throw new MountRefusedError(`mount ${other.target} lies in ${target}`);
  }
}

async function openSource(deps: ExtraMountDeps, hostPath: string): Promise<MountSource> {
  const path = expandHome(deps.userHome, hostPath);
  if (!isAbsolute(path))
    throw new MountRefusedError(`mount ${hostPath} must be an absolute path or ~/…`);
  try {
    return await openMountSource(path);
  } catch (error) {
    throw new MountRefusedError(`mount ${hostPath} cannot be used: ${errorText(error)}`);
  }
}
