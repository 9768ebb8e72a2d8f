import type { z } from 'zod';
import { readBoundedFile } from '../bounded-file.ts';

const MAX_SNAPSHOT_BYTES = 4 * 1024 * 1024;

/** Reads what the host put into the mailbox. Undefined when it is not there or is something else. */
export async function readSnapshot<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readBoundedFile(path, MAX_SNAPSHOT_BYTES);
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    // The agent can write there too.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
