import type { SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import { readImage } from '../../image-file.ts';

type Content = SDKUserMessage['message']['content'];
type Block = Exclude<Content, string>[number];

/**
 * The words of a turn with its pictures, `images` being paths below the group's folder. What cannot be shown is
 * said: the agent has its file all the same.
 */
export async function composeContent(
  text: string,
  groupFolder: string,
  images: readonly string[] = [],
): Promise<Content> {
  if (images.length === 0) return text;
  const blocks: Block[] = [];
  for (const image of images) {
    blocks.push({ type: 'text', text: `${image}:` });
    blocks.push(await imageBlock(groupFolder, image));
  }
  return [...blocks, { type: 'text', text }];
}

async function imageBlock(groupFolder: string, image: string): Promise<Block> {
  const file = await readImage(groupFolder, image);
  if (!file) return { type: 'text', text: '(cannot be shown here; look at the file)' };
  const source = { type: 'base64', media_type: file.mediaType, data: file.base64 } as const;
  return { type: 'image', source };
}
