import { isAbsolute, posix, resolve } from 'node:path';
import { DOOR_FOLDER } from '@deckhand/protocol';
import type { MountSettings } from 'dockerode';
import { findControlPlace, isWithin } from '../core/host-places.ts';
import type { AgentMount } from '../core/mounts.ts';
import type { AgentSpec } from './agent-runtime.ts';

/** What the engine makes itself in a container, and what its programs are started from. */
const KEPT_TARGETS = ['/proc', '/sys', '/dev', '/etc', '/usr', '/bin', '/sbin', '/lib', '/app'];

const PRIVATE = { Propagation: 'rprivate' } as const;
/**
 * Without what is mounted below: read-only holds for the mount alone, so that an agent could write there. Of the
 * engine's API since 1.40; dockerode's types have it not yet.
 */
const ALONE = { NonRecursive: true } as const;

/**
 * Every mount of a container as the engine takes it, the host's door among them. Throws on a source that is a place
 * of control and on a target that is not an agent's: whoever planned it made a mistake.
 */
export function buildMounts(spec: Pick<AgentSpec, 'mounts' | 'outlet'>): MountSettings[] {
  const mounts = [...spec.mounts, ...doorOf(spec.outlet)];
  for (const mount of mounts) checkMount(mount);
  const targets = mounts.map(({ target }) => target);
  const twin = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twin !== undefined) throw new Error(`two mounts want ${twin}`);
  return mounts.map(({ source, target, isReadOnly }) => ({
    Type: 'bind',
    Source: source,
    Target: target,
    ReadOnly: isReadOnly,
    BindOptions: isReadOnly ? { ...PRIVATE, ...ALONE } : PRIVATE,
  }));
}

/** Read-only: a socket takes connections there all the same, and the agent cannot put its own in its place. */
function doorOf(outlet: AgentSpec['outlet']): AgentMount[] {
  if (outlet.kind === 'network') return [];
  return [{ source: outlet.doorFolder, target: DOOR_FOLDER, isReadOnly: true }];
}

function checkMount({ source, target }: AgentMount): void {
  if (!isAbsolute(source) || resolve(source) !== source || source.includes('\0'))
    throw new Error(`mount source "${source}" is not a plain absolute path`);
  if (!posix.isAbsolute(target) || posix.resolve(target) !== target || target.includes('\0'))
    throw new Error(`mount target "${target}" is not a plain absolute path`);
  const place = findControlPlace(source);
  if (place !== undefined) throw new Error(`mount source ${source} overlaps the system's ${place}`);
  const kept = KEPT_TARGETS.find((path) => isWithin(target, path) || isWithin(path, target));
  if (kept !== undefined) throw new Error(`mount target ${target} overlaps ${kept}`);
}
