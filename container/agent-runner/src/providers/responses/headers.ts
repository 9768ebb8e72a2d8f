import { RUNNER_VERSION } from '../../version.ts';
import type { ModelCredential } from './credential.ts';

const ORIGINATOR = 'deckhand';

/** Names of the agent runner's own run, and the form of the request. */
export interface HeaderParts {
  readonly credential: ModelCredential;
  readonly sessionId: string;
  readonly isLite: boolean;
}

/** Headers of one model request. Those of the ChatGPT backend are sent with a ChatGPT sign-in only. */
export function requestHeaders(parts: HeaderParts): Record<string, string> {
  const { token, accountId } = parts.credential;
  return {
    authorization: `Bearer ${token}`,
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'user-agent': `${ORIGINATOR}/${RUNNER_VERSION}`,
    ...(accountId !== undefined && chatgptHeaders(accountId, parts.sessionId)),
    ...(parts.isLite && { 'x-openai-internal-codex-responses-lite': 'true' }),
  };
}

function chatgptHeaders(accountId: string, sessionId: string): Record<string, string> {
  return {
    'chatgpt-account-id': accountId,
    originator: ORIGINATOR,
    'session-id': sessionId,
    'openai-beta': 'responses=experimental',
  };
}
