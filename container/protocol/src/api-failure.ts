import type { ApiError } from './api-error.ts';
import type { FailureClass } from './runner-event.ts';

const QUOTA = /usage_limit_reached|usage_not_included|insufficient_quota|billing/;
const CONTEXT = /context_length_exceeded|string_above_max_length/;
const OVERLOADED = /rate_limit|server_error|overloaded|slow_down|timeout|unavailable/;
/**
 * "The 'x' model is not supported when…", "The model `gpt-5.2` does not exist or you do not have access to it." Only at
 * the start: further on an error may quote what the request said.
 */
const MODEL_MESSAGE =
  /^The (requested )?('[^']{1,200}' )?model\b(?:[^.]|\.\d)*\b(is not supported|does not exist|not found)\b/i;

function isModelError({ status, code, message }: ApiError): boolean {
  if (code === 'model_not_found') return true;
  return (status === 400 || status === 403 || status === 404) && MODEL_MESSAGE.test(message);
}

/**
 * What kind of failure an error of the Responses API is; plan and model before the status, because they come with
 * several.
 */
export function classOfApiError(error: ApiError): FailureClass {
  const { status, code = '', type = '' } = error;
  const name = `${code} ${type}`;
  if (QUOTA.test(name)) return 'quota';
  if (CONTEXT.test(name)) return 'context';
  if (isModelError(error)) return 'model';
  if (status === 401 || status === 403 || code === 'invalid_api_key') return 'auth';
  if (status === 408 || status === 429 || (status !== undefined && status >= 500))
    return 'overloaded';
  if (status === undefined && (OVERLOADED.test(name) || name === ' ')) return 'overloaded';
  return 'refused';
}
