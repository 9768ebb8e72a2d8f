import type { RunRequest } from '@deckhand/protocol';
import { joinBlocks } from './fence.ts';

/** The words of the group: what was said before, for context, and what to answer. */
export function describeConversation(request: RunRequest, hasHistory: boolean): string {
  if (!hasHistory || request.history.trim() === '') return request.prompt;
  const isTask = request.task !== undefined;
  return joinBlocks(
    'Earlier conversation in the group, for context only:',
    request.history,
    isTask ? 'Do this scheduled task:' : 'Answer these messages:',
    request.prompt,
  );
}
