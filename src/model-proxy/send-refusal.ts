import type { ServerResponse } from 'node:http';
import type { ModelProvider } from '../core/models/model-ref.ts';
import { type Refusal, refusalBody } from './refusal.ts';

/** How long a client may go on to send what nobody reads. */
const REST_MS = 2_000;

/** Answers with an error in the API's form, and lets go of a client that does not stop sending. */
export function sendRefusal(
  response: ServerResponse,
  provider: ModelProvider,
  refusal: Refusal,
): void {
  response.writeHead(refusal.status, {
    'content-type': 'application/json',
    // Both APIs' clients heed it; only what failed at the server may work a second time.
    'x-should-retry': String(refusal.status >= 500),
  });
  response.end(refusalBody(provider, refusal));
  const { req } = response;
  if (req.complete) return;
  const timer = setTimeout(() => req.destroy(), REST_MS);
  req.once('close', () => clearTimeout(timer));
}
