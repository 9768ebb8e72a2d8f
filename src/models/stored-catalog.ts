import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type LiveList, liveListSchema } from '../core/models/live-list.ts';
import { isErrno } from '../errno.ts';
import { replaceFile } from '../registrations/file.ts';
import type { LiveCatalog } from './live-catalog.ts';

/** What was served a month ago says little of today. */
const MAX_AGE_MS = 30 * 24 * 60 * 60_000;

const storedSchema = z.strictObject({
  v: z.literal(1),
  fetchedAt: z.number().int(),
  lists: z.array(liveListSchema).readonly(),
});

export interface StoredCatalog {
  readonly fetchedAt: number;
  readonly lists: readonly LiveList[];
}

/**
 * The live lists of the last time somebody asked. Undefined when there are none, when they are older than a
 * month, and when the file is not ours: it can be made again, so nobody is troubled with it.
 */
export function readStoredCatalog(path: string, now: number): StoredCatalog | undefined {
  try {
    const parsed = storedSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success || parsed.data.fetchedAt < now - MAX_AGE_MS) return undefined;
    const { fetchedAt, lists } = parsed.data;
    return { fetchedAt, lists };
  } catch (error) {
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function storeCatalog(path: string, catalog: LiveCatalog): Promise<void> {
  const { fetchedAt, lists } = catalog;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await replaceFile(path, `${JSON.stringify({ v: 1, fetchedAt, lists })}\n`);
}
