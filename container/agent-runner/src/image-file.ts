import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { errorCode } from './bounded-file.ts';

/** Largest picture handed over in bytes; Claude's API refuses more than 5 MB in base64. */
const MAX_IMAGE_BYTES = 3_750_000;

/** By the extension that the host gave by the content. */
const TYPES = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
} as const;

export interface ImageFile {
  readonly mediaType: (typeof TYPES)[keyof typeof TYPES];
  readonly base64: string;
}

/** A picture below the group's folder; undefined when it is missing, a link, too large or of another type. */
export async function readImage(
  groupFolder: string,
  image: string,
): Promise<ImageFile | undefined> {
  const type = Object.entries(TYPES).find(([extension]) => extension === extname(image))?.[1];
  if (type === undefined) return undefined;
  const bytes = await readSmallFile(join(groupFolder, image));
  return bytes && { mediaType: type, base64: bytes.toString('base64') };
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
