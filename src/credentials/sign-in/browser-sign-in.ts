import type { SignInConfig } from '../../config.ts';
import { authorizeUrl, redirectUri } from './authorize-url.ts';
import { describeRefusal } from './callback-failure.ts';
import { type CallbackServer, listenForCallback } from './callback-server.ts';
import { createPkce, createState, type Pkce } from './pkce.ts';
import { type RedeemCodeDeps, redeemCode } from './redeem-code.ts';
import type { ResultPage } from './result-page.ts';
import { failed, orAborted, type SignInOutcome } from './sign-in-outcome.ts';

export interface BrowserSignInDeps extends RedeemCodeDeps {
  readonly config: SignInConfig;
  /** Called once the answer can be received. */
  readonly onUrl: (url: string) => void;
}

/**
 * Signs in with a browser on this machine, which comes back to a port of it. The page in the browser says
 * success only when the sign-in is stored. Waits until the signal aborts.
 */
export function signInWithBrowser(
  deps: BrowserSignInDeps,
  signal: AbortSignal,
): Promise<SignInOutcome> {
  return orAborted(signal, async () => {
    signal.throwIfAborted();
    const { config } = deps;
    const state = createState();
    const listening = await listenForCallback(config.callbackPort, state);
    if (listening.status === 'port_taken') return portTaken(config.callbackPort);
    await using server = listening.server;
    const pkce = createPkce();
    deps.onUrl(authorizeUrl(config, { state, challenge: pkce.challenge }));
    return await answerBrowser(deps, server, pkce, signal);
  });
}

async function answerBrowser(
  deps: BrowserSignInDeps,
  server: CallbackServer,
  { verifier }: Pkce,
  signal: AbortSignal,
): Promise<SignInOutcome> {
  const { outcome: callback, show } = await server.receive(signal);
  if (callback.status !== 'code') {
    const failure = describeRefusal(callback);
    await show(pageOf(failure));
    return failure;
  }
  const grant = {
    code: callback.code,
    redirectUri: redirectUri(deps.config),
    codeVerifier: verifier,
  };
  try {
    const outcome = await redeemCode(deps, grant, 'browser', signal);
    await show(pageOf(outcome));
    return outcome;
  } catch (error) {
    await show(pageOf({ status: 'aborted' }));
    throw error;
  }
}

function pageOf(outcome: SignInOutcome): ResultPage {
  switch (outcome.status) {
    case 'ok':
      return {
        isSuccess: true,
        title: 'You are signed in',
        text: 'You can close this page and go back to the terminal.',
      };
    case 'failed':
      return {
        isSuccess: false,
        title: 'You are not signed in',
        text: `${outcome.reason} ${outcome.mend}`,
      };
    case 'aborted':
      return {
        isSuccess: false,
        title: 'You are not signed in',
        text: 'The sign-in was stopped. The terminal says why.',
      };
    default:
      return outcome satisfies never;
  }
}

function portTaken(port: number): SignInOutcome {
  return failed(
    `Another program listens on port ${port} of this machine, to which the browser must come back.`,
    'End it (often another sign-in that still waits, of Deckhand or Codex), or use --device or --paste.',
  );
}
