import { type CallbackOutcome, judgeCallback } from './callback-parameters.ts';

/**
 * Reads what a person pastes after signing in: the whole address that the browser was sent to, `code#state`,
 * `code=…&state=…`, or the code alone.
 */
export function readPastedCallback(pasted: string, expectedState: string): CallbackOutcome {
  const text = pasted.trim().replace(/^(["'<])(.*)["'>]$/, '$2');
  return judgeCallback(toParameters(text), expectedState, { isStateOptional: true });
}

function toParameters(text: string): URLSearchParams {
  const queryAt = text.indexOf('?');
  if (queryAt >= 0) return new URLSearchParams(text.slice(queryAt + 1).split('#')[0]);
  // An address without a query, or words: nothing in them is a code.
  if (/[\s/]/.test(text)) return new URLSearchParams();
  if (/(^|&)(code|error|state)=/.test(text)) return new URLSearchParams(text);
  const [code = '', state] = text.split('#');
  return new URLSearchParams({ code, ...(state === undefined ? {} : { state }) });
}
