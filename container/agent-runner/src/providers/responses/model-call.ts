import { describeError } from '../../describe-error.ts';
import { brokenCall, STOPPED_CALL } from './call-failure.ts';
import type { IdleLimit } from './idle-limit.ts';
import type { RequestBody } from './request-body.ts';
import type { StreamMessage } from './response-reader.ts';

/** One model request, whatever it is sent by. */
export interface ModelCall {
  /** `…/responses`, http or https. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RequestBody;
}

/** What an error of a connection means: the run was stopped, the server was silent, or the network broke. */
export function explainBreak(error: unknown, idle: IdleLimit, signal: AbortSignal): StreamMessage {
  if (signal.aborted) return { type: 'broken', failure: STOPPED_CALL };
  const detail = idle.signal.aborted
    ? `the server was silent for ${idle.ms / 1000} s`
    : `the connection to the model failed: ${describeError(error)}`;
  return { type: 'broken', failure: brokenCall(detail) };
}
