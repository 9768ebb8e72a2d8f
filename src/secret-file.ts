import { randomBytes } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { isErrno } from './errno.ts';
import { readOwnedFile, UnsafeFileError } from './safe-file.ts';

/** 256 bits in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43}$/;
const MAX_FILE_BYTES = 256;

/** The file is there and holds something else; the message says what to do. */
class UnusableSecretError extends Error {
  override readonly name = 'UnusableSecretError';
}

/** A secret of the installation; made at random the first time, in a file for its owner only. */
export async function ensureSecret(path: string): Promise<string> {
  const fresh = randomBytes(32).toString('base64url');
  try {
    await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const secret = await readSecret(path);
  await chmod(path, 0o600);
  return secret;
}

/** A link could lead to a file that is no secret of ours and whose mode is none of our business. */
async function readSecret(path: string): Promise<string> {
  const mend = 'Remove it and start again; a new one is made.';
  try {
    const secret = (await readOwnedFile(path, MAX_FILE_BYTES))?.trim() ?? '';
    if (SECRET.test(secret)) return secret;
  } catch (error) {
    if (!(error instanceof UnsafeFileError)) throw error;
    throw new UnusableSecretError(`${path} ${error.message}. ${mend}`, { cause: error });
  }
  throw new UnusableSecretError(`${path} holds no secret of ours. ${mend}`);
}
