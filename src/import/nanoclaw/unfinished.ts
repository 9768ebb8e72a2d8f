import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../core/parse-json.ts';
import { isErrno } from '../../errno.ts';
import type { HostPaths } from '../../paths.ts';
import { replaceFile } from '../../registrations/file.ts';

const markSchema = z.strictObject({ jid: z.string() });

/** Marks of groups whose import has begun and has not ended, one file per folder. */
export function createUnfinishedMarks({ data }: Pick<HostPaths, 'data'>) {
  const root = join(data, 'import');
  const fileOf = (folder: string) => join(root, `${folder}.json`);
  return {
    /** The JID of the group that was to get the folder; undefined when nothing was cut off. */
    async read(folder: string): Promise<string | undefined> {
      try {
        const parsed = markSchema.safeParse(parseJson(await readFile(fileOf(folder), 'utf8')));
        return parsed.success ? parsed.data.jid : undefined;
      } catch (error) {
        if (isErrno(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    async set(folder: string, jid: string): Promise<void> {
      await mkdir(root, { recursive: true, mode: 0o700 });
      await replaceFile(fileOf(folder), `${JSON.stringify({ jid })}\n`);
    },
    clear: (folder: string): Promise<void> => rm(fileOf(folder), { force: true }),
  };
}
export type UnfinishedMarks = ReturnType<typeof createUnfinishedMarks>;
