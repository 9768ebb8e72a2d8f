import type { SignInConfig } from '../../config.ts';
import { authorizeUrl, redirectUri } from './authorize-url.ts';
import { describeRefusal } from './callback-failure.ts';
import { readPastedCallback } from './pasted-callback.ts';
import { createPkce, createState } from './pkce.ts';
import { type RedeemCodeDeps, redeemCode } from './redeem-code.ts';
import { failed, orAborted, type SignInFailure, type SignInOutcome } from './sign-in-outcome.ts';

export interface PasteSignInDeps extends RedeemCodeDeps {
  readonly config: SignInConfig;
  readonly onUrl: (url: string) => void;
  /** The next line that the person pastes; undefined when none will come. Rejects when the signal aborts. */
  readonly readLine: (signal: AbortSignal) => Promise<string | undefined>;
  /** A line was of no use; another may follow. */
  readonly onUselessLine: (failure: SignInFailure) => void;
}

/** Signs in with a browser anywhere: the person pastes the address that the browser was sent to at the end. */
export function signInByPaste(deps: PasteSignInDeps, signal: AbortSignal): Promise<SignInOutcome> {
  return orAborted(signal, async () => {
    const { config } = deps;
    const pkce = createPkce();
    const state = createState();
    deps.onUrl(authorizeUrl(config, { state, challenge: pkce.challenge }));
    const pasted = await readCode(deps, state, signal);
    if (pasted.status === 'failed') return pasted;
    const grant = {
      code: pasted.code,
      redirectUri: redirectUri(config),
      codeVerifier: pkce.verifier,
    };
    return redeemCode(deps, grant, 'paste', signal);
  });
}

/** Reads until a line holds a code. What a person cancelled in the browser is over at once. */
async function readCode(
  { readLine, onUselessLine }: PasteSignInDeps,
  state: string,
  signal: AbortSignal,
): Promise<{ status: 'code'; code: string } | SignInFailure> {
  let last = failed('Nothing was pasted.', 'Run this again and paste the address at its end.');
  for (;;) {
    const line = await readLine(signal);
    if (line === undefined) return last;
    if (line.trim() === '') continue;
    const callback = readPastedCallback(line, state);
    if (callback.status === 'code') return callback;
    last = describeRefusal(callback);
    if (callback.status === 'refused') return last;
    onUselessLine(last);
  }
}
