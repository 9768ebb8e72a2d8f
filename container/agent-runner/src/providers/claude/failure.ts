import type { SDKAssistantMessageError, SDKResultMessage } from '@anthropic-ai/claude-agent-sdk';
import type { FailureClass } from '@deckhand/protocol';
import type { Failure } from '../../outcome.ts';

/** What the frames before a failed result said about its cause. */
export interface FailureSigns {
  readonly error?: SDKAssistantMessageError | undefined;
  /** The subscription's limit was hit; unix milliseconds when it is known. */
  readonly limit?: { readonly resetsAt?: number | undefined } | undefined;
}

const UNKNOWN_SESSION = /No conversation found with session ID/i;

/** The CLI's words (2.1.329), first match wins. */
const TEXT_RULES: readonly (readonly [RegExp, FailureClass])[] = [
  [UNKNOWN_SESSION, 'session'],
  [/hit your .*limit|usage limit|credit balance|billing|out of (extra )?usage/i, 'quota'],
  [
    /invalid api key|not logged in|run \/login|authentication|oauth token|invalid bearer|\b401\b|\b403\b/i,
    'auth',
  ],
  [/issue with the selected model|model_not_found|model .*(not found|may not exist)/i, 'model'],
  [/prompt is too long|context (window|limit)|exceeds? .*context|too many tokens/i, 'context'],
  [
    /\b429\b|\b5\d\d\b|overloaded|rate.?limit|connection|timed? ?out|network|socket|fetch failed|stream/i,
    'overloaded',
  ],
  [/\b400\b|invalid_request|usage policy|unable to respond/i, 'refused'],
];

const ERROR_CLASSES: Readonly<Record<SDKAssistantMessageError, FailureClass | undefined>> = {
  authentication_failed: 'auth',
  oauth_org_not_allowed: 'auth',
  account_on_hold: 'auth',
  verification_required: 'auth',
  cloud_credential_error: 'auth',
  billing_error: 'quota',
  rate_limit: 'overloaded',
  overloaded: 'overloaded',
  server_error: 'overloaded',
  model_not_found: 'model',
  // Context overflow is an invalid request too; the text tells them apart.
  invalid_request: undefined,
  max_output_tokens: undefined,
  unknown: undefined,
};

function statusClass(status: number | null | undefined): FailureClass | undefined {
  if (status === null || status === undefined) return undefined;
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return 'model';
  if (status === 429 || status >= 500) return 'overloaded';
  return undefined;
}

function classOfText(text: string): FailureClass | undefined {
  return TEXT_RULES.find(([pattern]) => pattern.test(text))?.[1];
}

function failure(failureClass: FailureClass, detail: string, retryAt?: number): Failure {
  return {
    type: 'failed',
    class: failureClass,
    detail,
    ...(retryAt !== undefined && { retryAt }),
  };
}

/** A turn that ended without a result: what the CLI said when it broke. */
export function classifyClaudeText(detail: string): Failure {
  return failure(classOfText(detail) ?? 'internal', detail);
}

function textOf(result: SDKResultMessage): string {
  return result.subtype === 'success'
    ? result.result
    : [result.subtype, ...result.errors].join(': ');
}

/** A result with `is_error`: by the sign that says most. */
export function classifyClaudeResult(result: SDKResultMessage, signs: FailureSigns): Failure {
  const text = textOf(result);
  if (UNKNOWN_SESSION.test(text)) return failure('session', text);
  if (signs.limit) return failure('quota', text, signs.limit.resetsAt);
  const byText = classOfText(text);
  if (byText === 'quota' || byText === 'context') return failure(byText, text);
  const status = result.subtype === 'success' ? result.api_error_status : undefined;
  const byError = signs.error === undefined ? undefined : ERROR_CLASSES[signs.error];
  return failure(byError ?? statusClass(status) ?? byText ?? 'internal', text);
}
