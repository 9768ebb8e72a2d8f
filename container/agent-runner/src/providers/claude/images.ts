import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { SDKUserMessage } from '@anthropic-ai/claude-agent-sdk';
import { errorCode } from '../../bounded-file.ts';

type Content = SDKUserMessage['message']['content'];
type Block = Exclude<Content, string>[number];

/** Largest picture handed over in bytes; the API refuses more than 5 MB in base64. */
const MAX_IMAGE_BYTES = 3_750_000;

/** By the extension that the host gave by the content. */
const TYPES = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
} as const;

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
    blocks.push((await readImage(groupFolder, image)) ?? NOT_SHOWN);
  }
  return [...blocks, { type: 'text', text }];
}

const NOT_SHOWN: Block = { type: 'text', text: '(cannot be shown here; look at the file)' };

async function readImage(groupFolder: string, image: string): Promise<Block | undefined> {
  const type = Object.entries(TYPES).find(([extension]) => extension === extname(image))?.[1];
  if (type === undefined) return undefined;
  const bytes = await readSmallFile(join(groupFolder, image));
  if (bytes === undefined) return undefined;
  const source = { type: 'base64', media_type: type, data: bytes.toString('base64') } as const;
  return { type: 'image', source };
}

async function readSmallFile(path: string): Promise<Buffer | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    await using file = await open(path, flags);
    const { size } = await file.stat();
    if (size === 0 || size > MAX_IMAGE_BYTES) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (errorCode(error) !== undefined) return undefined;
    throw error;
  }
}
