/** Names that usually hold credentials. */
const BLOCKED_NAMES = [
  '.mozilla',
  '.bash_history',
  '.zsh_history',
  '.pgpass',
  '.terraform.d',
  'gnupg',
  'keychains',
  '*.p12',
  '*.pfx',
  '*.jks',
  '*.keystore',
  'podman.sock',
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
  'credentials.json',
  'auth.json',
  'id_rsa*',
  'id_dsa*',
  'id_ecdsa*',
  'id_ed25519*',
  '*.pem',
  '*.key',
  '*.kdbx',
] as const;

/**
 * Names that are kept anywhere below a mount: of the blocked ones those that source code has as a rule for something
 * else than a secret (a module `credentials.ts`, a certificate of a test) count at its top only.
 */
const COMMON_BELOW: ReadonlySet<string> = new Set([
  'credentials*',
  'gcloud',
  'gnupg',
  'keychains',
  '*.pem',
  '*.key',
  '.npmrc',
  '.claude',
  '.codex',
]);

/** The first name that a pattern blocks: the built-in ones, or `patterns`, in which `*` stands for any text. */
export function blockedName(
  names: readonly string[],
  patterns: readonly string[],
): string | undefined {
  const isBlocked = matcher([...BLOCKED_NAMES, ...patterns]);
  return names.find(isBlocked);
}

/** The first of relative paths whose last name is blocked there. */
export function blockedPath(
  paths: readonly string[],
  patterns: readonly string[],
): string | undefined {
  const atTop = matcher([...BLOCKED_NAMES, ...patterns]);
  const below = matcher([...BLOCKED_NAMES.filter((name) => !COMMON_BELOW.has(name)), ...patterns]);
  return paths.find((path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return name === path ? atTop(name) : below(name);
  });
}

function matcher(patterns: readonly string[]): (name: string) => boolean {
  const sources = patterns.map((pattern) => {
    const parts = fold(pattern).split('*');
    return parts.map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*');
  });
  const expression = new RegExp(`^(?:${sources.join('|')})$`, 'su');
  return (name) => expression.test(fold(name));
}

/**
 * One spelling for all that some file system takes for the same name: case, compatibility forms, characters that
 * nobody sees, dots and blanks at the end.
 */
function fold(name: string): string {
  const plain = name.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFKC');
  return plain.toLowerCase().replace(/(?<=.)[. ]+$/u, '');
}
