import { z } from 'zod';
import type { SignInConfig } from '../../config.ts';
import { postToServer, serverErrorSchema } from '../token-endpoint.ts';

/** A poll that hangs must not hold up the next one for long. */
const TIMEOUT_MS = 15_000;
const DEFAULT_INTERVAL_S = 5;
/** Neither a busy loop nor a wait that outlives the code. */
const MIN_INTERVAL_S = 1;
const MAX_INTERVAL_S = 60;

const intervalSchema = z.coerce
  .number()
  .transform((seconds) => Math.min(MAX_INTERVAL_S, Math.max(MIN_INTERVAL_S, seconds)))
  .catch(DEFAULT_INTERVAL_S);

/** Shown to people, so that nothing but a code may be in it. */
const userCodeSchema = z.string().regex(/^[\w-]{4,40}$/);

const deviceCodeSchema = z
  .union([
    z.looseObject({ user_code: userCodeSchema }),
    z.looseObject({ usercode: userCodeSchema }).transform((body) => ({
      ...body,
      user_code: body.usercode,
    })),
  ])
  .pipe(
    z.looseObject({
      device_auth_id: z.string().min(1),
      user_code: userCodeSchema,
      interval: intervalSchema,
    }),
  );

const grantSchema = z.looseObject({
  authorization_code: z.string().min(1),
  code_verifier: z.string().min(1),
});

export interface DeviceCode {
  readonly deviceAuthId: string;
  /** What the person types. */
  readonly userCode: string;
  /** How long to wait between two polls. */
  readonly intervalMs: number;
}

export type DeviceCodeOutcome =
  | { status: 'ok'; device: DeviceCode }
  | { status: 'not_enabled' }
  | { status: 'unavailable'; reason: string };

export type PollOutcome =
  | { status: 'authorized'; code: string; codeVerifier: string }
  | { status: 'pending' }
  /** The server asks for longer pauses. */
  | { status: 'slow_down' }
  | { status: 'refused'; code: string }
  /** A later poll may work. */
  | { status: 'unavailable'; reason: string };

export async function requestDeviceCode(
  { authUrl, clientId }: SignInConfig,
  signal: AbortSignal,
): Promise<DeviceCodeOutcome> {
  const url = `${authUrl}/api/accounts/deviceauth/usercode`;
  const answer = await postToServer(url, { client_id: clientId }, TIMEOUT_MS, signal);
  if (answer.status === 'unreachable') return { status: 'unavailable', reason: answer.reason };
  if (answer.httpStatus === 404) return { status: 'not_enabled' };
  const parsed = deviceCodeSchema.safeParse(answer.body);
  if (answer.httpStatus !== 200 || !parsed.success) {
    return { status: 'unavailable', reason: `it answered ${answer.httpStatus} without a code` };
  }
  const { device_auth_id: deviceAuthId, user_code: userCode, interval } = parsed.data;
  return { status: 'ok', device: { deviceAuthId, userCode, intervalMs: interval * 1000 } };
}

/** Asks whether the person has decided. The server says "not yet" with 403 or 404 (Codex CLI 0.169). */
export async function pollDevice(
  { authUrl, clientId }: SignInConfig,
  { deviceAuthId, userCode }: DeviceCode,
  signal: AbortSignal,
): Promise<PollOutcome> {
  const url = `${authUrl}/api/accounts/deviceauth/token`;
  const body = { client_id: clientId, device_auth_id: deviceAuthId, user_code: userCode };
  const answer = await postToServer(url, body, TIMEOUT_MS, signal);
  if (answer.status === 'unreachable') return { status: 'unavailable', reason: answer.reason };
  return judgePoll(answer.httpStatus, answer.body);
}

function judgePoll(httpStatus: number, body: unknown): PollOutcome {
  const grant = grantSchema.safeParse(body);
  if (httpStatus === 200 && grant.success) {
    const { authorization_code: code, code_verifier: codeVerifier } = grant.data;
    return { status: 'authorized', code, codeVerifier };
  }
  const said = serverErrorSchema.safeParse(body);
  const code = said.success ? said.data.code : '';
  if (code === 'slow_down' || httpStatus === 429) return { status: 'slow_down' };
  if (code === 'access_denied' || code === 'expired_token') return { status: 'refused', code };
  if (httpStatus === 403 || httpStatus === 404) return { status: 'pending' };
  if (httpStatus >= 400 && httpStatus < 500 && code !== '') return { status: 'refused', code };
  return { status: 'unavailable', reason: `it answered ${httpStatus}` };
}
