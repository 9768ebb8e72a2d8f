import type { ModelRequest } from './model-request.ts';
import { type ModelStep, say } from './model-script.ts';

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&apos;', "'"],
  ['&#39;', "'"],
  ['&amp;', '&'],
]);

function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|apos|#39|amp);/g, (entity) => ENTITIES.get(entity) ?? '');
}

/** The newest chat message inside a prompt of the host, or the whole prompt when it holds none. */
function lastChatMessage(prompt: string): string {
  const messages = [...prompt.matchAll(/<message\b[^>]*>([\s\S]*?)<\/message>/g)];
  const text = messages.at(-1)?.[1];
  return (text === undefined ? prompt : decodeEntities(text)).trim();
}

/** What the model does without a script: repeats what it was told. */
export function echo(request: ModelRequest): readonly ModelStep[] {
  return [say(`You said: ${lastChatMessage(request.prompt)}`)];
}
