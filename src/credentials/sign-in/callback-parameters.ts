/** What the browser brought back. Nothing of it has been checked by the authorization server yet. */
export type CallbackOutcome =
  | { status: 'code'; code: string }
  /** The person or the server said no. `error` and `description` are the sender's words, shortened. */
  | { status: 'refused'; error: string; description?: string }
  /** It belongs to another attempt, or somebody made it up. */
  | { status: 'wrong_state' }
  | { status: 'no_code' };

/** What comes through the browser may be anybody's; codes are some 100 characters. */
const MAX_CODE_LENGTH = 4096;
const MAX_WORDS_LENGTH = 300;

/**
 * Judges the parameters of a callback. `isStateOptional` for what a person pastes, which may be the code alone:
 * PKCE still ties it to this attempt. A state that is there and differs is always refused.
 */
export function judgeCallback(
  parameters: URLSearchParams,
  expectedState: string,
  { isStateOptional = false } = {},
): CallbackOutcome {
  const state = parameters.get('state');
  const error = parameters.get('error');
  // An error grants nothing, so that one without a state is as good.
  const mayLackState = isStateOptional || error !== null;
  if (state === null ? !mayLackState : state !== expectedState) return { status: 'wrong_state' };
  if (error !== null) return refused(error, parameters.get('error_description'));
  const code = parameters.get('code') ?? '';
  if (code === '' || code.length > MAX_CODE_LENGTH) return { status: 'no_code' };
  return { status: 'code', code };
}

function refused(error: string, description: string | null): CallbackOutcome {
  return {
    status: 'refused',
    error: error.slice(0, MAX_WORDS_LENGTH) || 'unknown',
    ...(description ? { description: description.slice(0, MAX_WORDS_LENGTH) } : {}),
  };
}
