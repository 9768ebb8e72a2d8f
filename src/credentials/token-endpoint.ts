import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';
import { describeFetchError } from './fetch-error.ts';

/** What the authorization server answered to one request. */
export type EndpointAnswer =
  | { status: 'ok'; body: unknown }
  | { status: 'rejected'; code: string; message: string }
  | { status: 'unavailable'; reason: string };

/** A word that may be stored and shown to people. */
const codeSchema = z.string().regex(/^[\w.-]{1,100}$/);

/** How the server names an error, in both its forms. */
export const serverErrorSchema = z.union([
  // RFC 6749, section 5.2, as the code exchange answers
  z
    .looseObject({ error: codeSchema, error_description: z.string().optional() })
    .transform(({ error, error_description }) => ({ code: error, message: error_description })),
  // as a refresh answers
  z
    .looseObject({
      error: z.looseObject({ code: codeSchema, message: z.string().optional() }),
    })
    .transform(({ error }) => ({ code: error.code, message: error.message })),
]);

const MAX_MESSAGE_LENGTH = 300;

/** These are the server's words for "not now" (RFC 6749, section 4.1.2.1, and RFC 8628). */
const TRANSIENT_CODES = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

/**
 * With these the server refuses a code or a token for good (RFC 6749, section 5.2; 401 as a refresh answers). With the
 * others somebody in between may have answered: a gateway that refuses a region, or a proxy.
 */
const FINAL_STATUSES = new Set([400, 401]);

/** What came back before anybody judges it. `body` is undefined when it is not JSON. */
export type ServerAnswer =
  | { status: 'answered'; httpStatus: number; body: unknown }
  | { status: 'unreachable'; reason: string };

/** Posts to the authorization server and judges the answer. Never rejects but for an aborted signal. */
export async function postToEndpoint(
  url: string,
  body: URLSearchParams | object,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<EndpointAnswer> {
  const answer = await postToServer(url, body, timeoutMs, signal);
  if (answer.status === 'unreachable') return unavailable(answer.reason);
  return judgeAnswer(answer.httpStatus, answer.body);
}

/** Posts to the authorization server: a form or JSON. Never rejects but for an aborted signal. */
export async function postToServer(
  url: string,
  body: URLSearchParams | object,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<ServerAnswer> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const isForm = body instanceof URLSearchParams;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      },
      body: isForm ? body.toString() : JSON.stringify(body),
      // A redirect would carry the secret to an address that nobody has configured.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    });
    const text = await response.text();
    return { status: 'answered', httpStatus: response.status, body: parseJson(text) };
  } catch (error) {
    signal?.throwIfAborted();
    const late = `it did not answer within ${timeoutMs / 1000} s`;
    return { status: 'unreachable', reason: deadline.aborted ? late : describeFetchError(error) };
  }
}

/** `rejected` only when the server itself says so with a code: everything else may be somebody in between. */
function judgeAnswer(status: number, body: unknown): EndpointAnswer {
  if (status >= 200 && status < 300) {
    if (body === undefined) return unavailable(`it answered ${status} without JSON`);
    return { status: 'ok', body };
  }
  const said = serverErrorSchema.safeParse(body);
  if (!said.success) return unavailable(`it answered ${status}`);
  const { code, message = '' } = said.data;
  if (!FINAL_STATUSES.has(status) || TRANSIENT_CODES.has(code)) {
    return unavailable(`it answered ${status} ${code}`);
  }
  return { status: 'rejected', code, message: message.slice(0, MAX_MESSAGE_LENGTH) };
}

function unavailable(reason: string): EndpointAnswer {
  return { status: 'unavailable', reason };
}
