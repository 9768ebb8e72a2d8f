import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { isErrno } from '../../errno.ts';
import { readOwnedFile, UnsafeFileError } from '../../safe-file.ts';

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const MAX_FILE_BYTES = 256;

/** The file is there and holds something else; the message says what to do. */
class UnusableTokenError extends Error {
  override readonly name = 'UnusableTokenError';
}

/** The installation's token; made at random the first time, in a file for its owner only. */
export async function ensureToken(path: string): Promise<string> {
  const fresh = randomBytes(32).toString('base64url');
  try {
    await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  const token = await readToken(path);
  await chmod(path, 0o600);
  return token;
}

/** A link could lead to a file that is no token and whose mode is none of our business. */
async function readToken(path: string): Promise<string> {
  const mend = 'Remove it and start again; a new one is made.';
  try {
    const token = (await readOwnedFile(path, MAX_FILE_BYTES))?.trim() ?? '';
    if (TOKEN.test(token)) return token;
  } catch (error) {
    if (!(error instanceof UnsafeFileError)) throw error;
    throw new UnusableTokenError(`${path} ${error.message}. ${mend}`, { cause: error });
  }
  throw new UnusableTokenError(`${path} holds no token of the console. ${mend}`);
}

/** What a browser keeps instead of the token. A new token ends all sessions. */
export function sessionOf(token: string): string {
  return createHmac('sha256', token).update('deckhand console session').digest('base64url');
}

/** Takes as long for every wrong guess, whatever its length. */
export function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(hash(given), hash(expected));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
