/**
 * Places through which a machine is steered: its kernel, the sockets of its services and engines, its settings. No
 * container is ever given one of them.
 */
const CONTROL_PLACES = [
  '/dev',
  '/etc',
  '/proc',
  '/run',
  '/sys',
  '/var/run',
  '/private/etc',
] as const;

/** Places that belong to the system besides; nothing of them is anybody's work. `/private` and `/Library` are macOS's. */
const SYSTEM_PLACES = [
  ...CONTROL_PLACES,
  '/bin',
  '/boot',
  '/lib',
  '/lib64',
  '/sbin',
  '/usr',
  '/var/lib/containerd',
  '/var/lib/containers',
  '/var/lib/docker',
  '/private/var/run',
  '/Library',
  '/System',
] as const;

/** Where desktops mount disks: people's own, though it lies in `/run`. */
const DISKS = '/run/media';

/** Whether a path is a folder or lies in it. Both absolute and without `..`. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The place of control that a path is, lies in or holds; undefined for every other path. */
export function findControlPlace(path: string): string | undefined {
  return findPlace(path, CONTROL_PLACES);
}

/** The place of the system that a path is, lies in or holds; undefined for every other path. */
export function findSystemPlace(path: string): string | undefined {
  return findPlace(path, SYSTEM_PLACES);
}

function findPlace(path: string, places: readonly string[]): string | undefined {
  if (path === '/' || path.startsWith(`${DISKS}/`)) return path === '/' ? path : undefined;
  return places.find((place) => isWithin(path, place) || isWithin(place, path));
}
