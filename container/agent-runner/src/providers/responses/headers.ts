import { RUNNER_VERSION } from '../../version.ts';
import type { ModelCredential } from './credential.ts';

const ORIGINATOR = 'deckhand';

/** Names of the agent runner's own run, and the form of the request. */
export interface HeaderParts {
  /** Absent where the host adds it. */
  readonly credential: ModelCredential | undefined;
  readonly isChatgpt: boolean;
  readonly sessionId: string;
  readonly isLite: boolean;
}

/** Headers of one model request. Those of the ChatGPT backend are sent with a ChatGPT sign-in only. */
export function requestHeaders(parts: HeaderParts): Record<string, string> {
  const { token, accountId } = parts.credential ?? {};
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': `${ORIGINATOR}/${RUNNER_VERSION}`,
    ...(accountId !== undefined && { 'chatgpt-account-id': accountId }),
    ...(parts.isChatgpt && chatgptHeaders(parts.sessionId)),
    ...(parts.isLite && { 'x-openai-internal-codex-responses-lite': 'true' }),
  };
}

function chatgptHeaders(sessionId: string): Record<string, string> {
  return {
    originator: ORIGINATOR,
    'session-id': sessionId,
    'openai-beta': 'responses=experimental',
  };
}
