import type { IncomingMessage } from 'node:http';
import type { CheckedRequest } from './check-request.ts';
import { allowedRequestHeaders } from './headers.ts';
import type { ModelSignIn, Signature } from './model-sign-in.ts';
import type { Upstream } from './upstream.ts';

export interface AskDeps {
  readonly upstream: Upstream;
  readonly signIn: ModelSignIn;
  /** What the path is appended to. */
  readonly serverUrl: string;
}

export interface SignedAnswer {
  readonly answer: IncomingMessage;
  readonly signature: Signature;
}

/**
 * Sends a request on with the credential of the attempt; when that is refused and there is a newer one, once more with
 * that. Undefined when there is none at all. Rejects when the server cannot be reached.
 */
export async function askModel(
  { upstream, signIn, serverUrl }: AskDeps,
  { method = 'GET', headers }: IncomingMessage,
  { path, body }: CheckedRequest,
  signal: AbortSignal,
): Promise<SignedAnswer | undefined> {
  const plain = allowedRequestHeaders(headers);
  const url = `${serverUrl}${path.path}`;
  const send = async (signature: Signature) => ({
    signature,
    answer: await upstream.send({ method, url, headers: signature.sign(plain), body }, signal),
  });
  const signature = await signIn.signature();
  if (signature === undefined) return undefined;
  const first = await send(signature);
  if (first.answer.statusCode !== 401 || !(await signIn.renew(signature))) return first;
  const renewed = await signIn.signature();
  if (renewed === undefined) return first;
  first.answer.destroy();
  return await send(renewed);
}
