/** How long and how often the provider waits and tries. */
export interface ResponsesLimits {
  /** Longest silence of a stream. */
  readonly idleMs: number;
  /** How long a refused token may take to be replaced by the host. */
  readonly credentialWaitMs: number;
  /** How often one model request is sent at most. */
  readonly tries: number;
  /** Wait before the second try; it doubles with each one. */
  readonly backoffMs: number;
  /** Longest wait that the server may ask for; beyond it the request fails. */
  readonly maxRetryWaitMs: number;
}

export const RESPONSES_LIMITS: ResponsesLimits = {
  // Below the 300 s after which Node's fetch gives up by itself, with a worse message.
  idleMs: 240_000,
  credentialWaitMs: 10_000,
  tries: 4,
  backoffMs: 1_000,
  maxRetryWaitMs: 60_000,
};
