import type { CallbackOutcome } from './callback-parameters.ts';
import { failed, type SignInFailure } from './sign-in-outcome.ts';

/** What people are told of a callback that brought no code. */
export function describeRefusal(
  outcome: Exclude<CallbackOutcome, { status: 'code' }>,
): SignInFailure {
  switch (outcome.status) {
    case 'refused':
      return failed(
        describeError(outcome.error, outcome.description),
        'Sign in again to try once more.',
      );
    case 'wrong_state':
      return failed(
        'The answer belongs to another attempt to sign in (its state is wrong).',
        'Close older sign-in pages and sign in again, with the address that is shown then.',
      );
    case 'no_code':
      return failed(
        'The answer holds no code.',
        'Sign in again, and go on to the end of the pages in the browser.',
      );
    default:
      return outcome satisfies never;
  }
}

function describeError(error: string, description?: string): string {
  const words = description === undefined ? error : `${error}: ${description.replace(/\.$/, '')}`;
  const isDenied = error === 'access_denied';
  return isDenied
    ? `The sign-in was cancelled or not allowed (${words}).`
    : `The sign-in failed (${words}).`;
}
