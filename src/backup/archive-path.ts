/** Where things lie in an archive and below an installation’s folder: the same places. */
export const DATABASE_PATH = 'data/deckhand.db';
export const REGISTRATIONS_PATH = 'data/registered_groups.json';
export const CREDENTIALS_FOLDER = 'data/credentials';
export const SPOOL_FOLDER = 'data/spool';
export const GROUPS_FOLDER = 'groups';
export const ENV_PATH = '.env';

/** What agents need to go on with a conversation; their homes hold access tokens beside it. */
const CONVERSATIONS =
  /^data\/(?:claude\/[^/]+\/\.claude\/projects|codex\/[^/]+\/\.codex\/sessions)(?:\/|$)/;
/** Systems take 4,096 in all: this leaves room for the folder below which an archive is unpacked. */
const MAX_PATH_BYTES = 3_072;
const MAX_NAME_BYTES = 255;

/** The secrets that lie in files; the link’s keys lie in the database. */
function isSecretPath(path: string): boolean {
  return (
    path === ENV_PATH || path === CREDENTIALS_FOLDER || path.startsWith(`${CREDENTIALS_FOLDER}/`)
  );
}

/**
 * Whether an archive may write here: below the installation’s folder by its own words, without `..`, and nowhere but
 * where a backup puts things. A program that runs with the host, or a folder that it makes itself, is not among them.
 */
export function isArchivePath(path: string): boolean {
  if (Buffer.byteLength(path) > MAX_PATH_BYTES || path.includes('\0')) return false;
  if (!path.split('/').every(isPlainName)) return false;
  return (
    [DATABASE_PATH, REGISTRATIONS_PATH, SPOOL_FOLDER, GROUPS_FOLDER].includes(path) ||
    isSecretPath(path) ||
    path.startsWith(`${GROUPS_FOLDER}/`) ||
    path.startsWith(`${SPOOL_FOLDER}/`) ||
    CONVERSATIONS.test(path)
  );
}

function isPlainName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && Buffer.byteLength(name) <= MAX_NAME_BYTES;
}
