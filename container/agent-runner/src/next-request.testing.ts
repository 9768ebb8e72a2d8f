import { watch } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';

/** Resolves with the name of the first request in a folder of the mailbox, there already or to come. */
export async function nextRequest(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const { promise, resolve } = Promise.withResolvers<string>();
  const look = async () => {
    const name = (await readdir(folder)).find((file) => /^[^.].*\.json$/.test(file));
    if (name !== undefined) resolve(name);
  };
  const watcher = watch(folder, () => void look());
  await look();
  const name = await promise;
  watcher.close();
  return name;
}
