import type { AgentPaths, RunRequest } from '@deckhand/protocol';
import { readImage } from '../../image-file.ts';
import { composePrompt } from '../../prelude/prompt.ts';
import { type ContentPart, type InputItem, imagePart, messageItem, textPart } from './items.ts';

/**
 * What members of the group can write, in the user role: the group's memory, the conversation, and the pictures of
 * the messages. A picture that cannot be shown is said: the agent has its file all the same.
 */
export async function composeUserMessage(
  request: RunRequest,
  paths: AgentPaths,
): Promise<InputItem> {
  const parts: ContentPart[] = [];
  for (const name of request.images ?? []) {
    const image = await readImage(paths.group, name);
    parts.push(textPart(`${name}:`));
    parts.push(image ? imagePart(image) : textPart('(cannot be shown here; look at the file)'));
  }
  return messageItem('user', [...parts, textPart(await composePrompt(request, paths))]);
}
