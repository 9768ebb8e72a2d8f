import { folderNameSchema } from '../../core/folder-name.ts';

/** Leaves room for a number behind it. */
const MAX_LENGTH = 48;

/**
 * A folder name made of a group's name: `Dév Team!` → `dev-team`. What `isTaken` gets a number: `dev-team-2`.
 * Names without Latin letters become `group`.
 */
export function createFolderSlug(name: string, isTaken: (folder: string) => boolean): string {
  const base = slugOf(name);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base}-${number}`;
    if (folderNameSchema.safeParse(candidate).success && !isTaken(candidate)) return candidate;
  }
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? 'group' : plain;
}
