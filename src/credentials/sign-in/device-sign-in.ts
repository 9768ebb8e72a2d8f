import type { Now } from '../../clock.ts';
import type { SignInConfig } from '../../config.ts';
import {
  type DeviceCode,
  type PollOutcome,
  pollDevice,
  requestDeviceCode,
} from './device-endpoints.ts';
import { type RedeemCodeDeps, redeemCode } from './redeem-code.ts';
import { failed, orAborted, type SignInFailure, type SignInOutcome } from './sign-in-outcome.ts';

/** How long the server keeps a code (Codex CLI 0.169). */
const CODE_LIFETIME_MS = 15 * 60_000;
/** What RFC 8628, section 3.5, adds for each `slow_down`. */
const SLOW_DOWN_MS = 5_000;

/** What a person needs: where to go and what to type there, until when (unix milliseconds). */
export interface DevicePrompt {
  readonly url: string;
  readonly userCode: string;
  readonly expiresAt: number;
}

export interface DeviceSignInDeps extends RedeemCodeDeps {
  readonly config: SignInConfig;
  readonly now: Now;
  readonly onCode: (prompt: DevicePrompt) => void;
  /** Resolves after the time, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

type Granted = Extract<PollOutcome, { status: 'authorized' }>;

/** Signs in from any browser by a code that the person types there. Ends after 15 minutes at the latest. */
export function signInByDevice(
  deps: DeviceSignInDeps,
  signal: AbortSignal,
): Promise<SignInOutcome> {
  return orAborted(signal, async () => {
    const { config, now, onCode } = deps;
    const begun = await requestDeviceCode(config, signal);
    if (begun.status === 'not_enabled') return notEnabled();
    if (begun.status === 'unavailable') return unreachable(begun.reason);
    const expiresAt = now() + CODE_LIFETIME_MS;
    const { userCode } = begun.device;
    onCode({ url: `${config.authUrl}/codex/device`, userCode, expiresAt });
    const decided = await awaitDecision(deps, begun.device, expiresAt, signal);
    if (decided.status === 'failed') return decided;
    const grant = {
      code: decided.code,
      redirectUri: `${config.authUrl}/deviceauth/callback`,
      codeVerifier: decided.codeVerifier,
    };
    return redeemCode(deps, grant, 'device', signal);
  });
}

async function awaitDecision(
  { config, now, wait }: DeviceSignInDeps,
  device: DeviceCode,
  expiresAt: number,
  signal: AbortSignal,
): Promise<Granted | SignInFailure> {
  let { intervalMs } = device;
  let trouble: string | undefined;
  while (now() + intervalMs < expiresAt) {
    await wait(intervalMs, signal);
    const poll = await pollDevice(config, device, signal);
    if (poll.status === 'authorized') return poll;
    if (poll.status === 'refused') return refused(poll.code);
    if (poll.status === 'slow_down') intervalMs += SLOW_DOWN_MS;
    trouble = poll.status === 'unavailable' ? poll.reason : undefined;
  }
  return trouble === undefined ? expired() : unreachable(trouble);
}

function notEnabled(): SignInFailure {
  return failed(
    'Signing in by code is not enabled for this account.',
    'Allow it in the security settings of ChatGPT, or run `deckhand login codex --paste`.',
  );
}

function unreachable(reason: string): SignInFailure {
  return failed(
    `The sign-in server cannot be reached (${reason}).`,
    'Check the network and sign in again.',
  );
}

function expired(): SignInFailure {
  return failed('Nobody used the code within 15 minutes.', 'Sign in again to get a new one.');
}

function refused(code: string): SignInFailure {
  if (code === 'expired_token') return expired();
  if (code === 'access_denied') {
    return failed('The sign-in was not allowed in the browser.', 'Sign in again to try once more.');
  }
  return failed(
    `The sign-in server refused the code (${code}).`,
    'Sign in again to get a new one.',
  );
}
