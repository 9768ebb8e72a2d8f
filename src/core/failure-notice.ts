import type { AttemptFailure } from './failure-class.ts';

/** `budget`: the group had used up what it may use in a day before the run began. */
export type FailureReason = AttemptFailure | 'no_answer' | 'interrupted' | 'container' | 'budget';

/**
 * What a chat is told when a run failed: one plain sentence, without a stack, a path or a provider's own
 * words. `retryAt` (unix milliseconds) is named in the group's zone when it is known.
 */
export function failureNotice(reason: FailureReason, timeZone: string, retryAt?: number): string {
  switch (reason) {
    case 'auth':
      return 'I could not answer because the sign-in to the model was refused; whoever runs me can see what to do with `deckhand doctor`.';
    case 'quota':
      return `I could not answer because the usage limit of the model is reached${until(timeZone, retryAt)}; please ask me again then.`;
    case 'overloaded':
      return 'I could not answer because the model is not reachable at the moment; please ask me again in a few minutes.';
    case 'model':
      return 'I could not answer because the configured model is not available; whoever runs me can choose another one.';
    case 'context':
      return 'I could not answer because this conversation has become too long for the model; please ask again with less.';
    case 'refused':
      return 'I could not answer because the model refused this request.';
    case 'setup':
      return 'I could not start because this chat is set up with something that cannot be here; whoever runs me can see with `deckhand doctor` what to change.';
    case 'script':
      return 'The check before a scheduled task failed, so I did not do it.';
    case 'timeout':
      return 'I could not answer in the time I have; please ask for something smaller.';
    case 'disk':
      return 'I stopped because the files of this chat take more room than it has; please ask me to clean up, or whoever runs me to make room.';
    case 'cancelled':
      return 'I stopped working on this because I was asked to.';
    case 'no_answer':
      return 'I worked on this but ended without an answer; please ask me again in other words.';
    case 'interrupted':
      return 'I was interrupted several times while working on this and gave up; please ask me again.';
    case 'budget':
    case 'out_of_tokens':
      return `I could not answer because this chat has used up what it may use in a day${until(timeZone, retryAt)}; please ask me again later.`;
    case 'container':
    case 'session':
    case 'internal':
      return 'I could not answer because something broke on my side; please ask me again.';
    default:
      return reason satisfies never;
  }
}

function until(timeZone: string, retryAt: number | undefined): string {
  if (retryAt === undefined) return '';
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return ` until ${format.format(retryAt)}`;
}
