import { constants, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { isErrno } from '../../errno.ts';
import { readAtMost } from '../../safe-file.ts';
import type { Tokens } from '../auth-server.ts';
import { chmodCommand } from '../chmod-command.ts';
import { type CodexTokens, readCodexTokens } from './codex-tokens.ts';
import { type SaveSignInDeps, saveSignIn } from './save-sign-in.ts';
import { failed, orAborted, type SignInFailure, type SignInOutcome } from './sign-in-outcome.ts';

/** Three tokens take some 10 KB. */
const MAX_BYTES = 256 * 1024;
/** Opening a pipe must not wait for somebody who writes into it. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;
const OWN_SIGN_IN = 'Run `codex login` again, or better `deckhand login codex`.';

/** Both copies hold one refresh token, which is good for one use. */
const SHARED_TOKEN =
  'Codex and Deckhand now share one refresh token, which is good once: whoever refreshes first signs the other ' +
  'out. Use Codex no more with this sign-in, or better give Deckhand one of its own with `deckhand login codex`.';

export interface ImportSignInDeps extends SaveSignInDeps {
  /** An `auth.json` of the Codex CLI; it is read and left as it is. */
  readonly path: string;
  /** A sentence about what is not good but no obstacle. */
  readonly onWarning: (sentence: string) => void;
}

type FoundTokens = { status: 'ok'; tokens: Tokens } | SignInFailure;

/** Takes over the sign-in that `codex login` has left in a file. */
export function importSignIn(deps: ImportSignInDeps, signal: AbortSignal): Promise<SignInOutcome> {
  return orAborted(signal, async () => {
    const found = await readTokens(deps);
    if (found.status === 'failed') return found;
    const outcome = await saveSignIn(deps, found.tokens, 'import', signal);
    if (outcome.status === 'ok') warnOfCopy(deps, found.tokens);
    return outcome;
  });
}

function warnOfCopy({ now, onWarning }: ImportSignInDeps, { expiresAt }: Tokens): void {
  if (expiresAt <= now()) {
    onWarning('Its access token has expired; it is refreshed before the first use.');
  }
  onWarning(SHARED_TOKEN);
}

async function readTokens({ path, onWarning }: ImportSignInDeps): Promise<FoundTokens> {
  try {
    await using file = await open(path, READ_FLAGS);
    const stat = await file.stat();
    if (!stat.isFile()) return failed(`${path} is not a file.`, 'Name the auth.json of Codex.');
    const bytes = await readAtMost(file, MAX_BYTES);
    if (bytes === undefined) {
      return failed(`${path} is larger than an auth.json can be.`, 'Name the auth.json of Codex.');
    }
    warnOfAccess(stat, path, onWarning);
    return judge(readCodexTokens(bytes.toString('utf8')), path);
  } catch (error) {
    return describeOpenError(error, path);
  }
}

function describeOpenError(error: unknown, path: string): SignInFailure {
  if (isErrno(error, 'ENOENT', 'ENOTDIR')) {
    return failed(
      `There is no ${path}.`,
      'Run `codex login` first, or sign in here with `deckhand login codex`.',
    );
  }
  if (isErrno(error, 'EACCES', 'EPERM')) {
    return failed(`${path} may not be read by this user.`, 'Run this as the user who signed in.');
  }
  throw error;
}

function warnOfAccess({ mode, uid }: Stats, path: string, warn: (sentence: string) => void): void {
  if ((mode & 0o077) !== 0) {
    warn(`Other users of this machine can read ${path}: run \`${chmodCommand(path)}\`.`);
  }
  if (uid !== (process.getuid?.() ?? uid)) {
    warn(`${path} belongs to another user, who can use this sign-in too.`);
  }
}

function judge(found: CodexTokens, path: string): FoundTokens {
  switch (found.status) {
    case 'ok':
      return found;
    case 'not_json':
      return failed(`${path} is damaged: it is not JSON, perhaps cut short.`, OWN_SIGN_IN);
    case 'api_key':
      return failed(
        `${path} holds an API key and no ChatGPT sign-in.`,
        'Store a key with `deckhand login codex --api-key`.',
      );
    case 'no_refresh_token':
      return failed(
        `${path} holds no refresh token, so that it ends within days and cannot be kept up.`,
        OWN_SIGN_IN,
      );
    case 'other_format':
      return failed(`${path} is not an auth.json of Codex (${found.problem}).`, OWN_SIGN_IN);
    default:
      return found satisfies never;
  }
}
