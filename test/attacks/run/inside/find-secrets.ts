/** Runs in the hostile group's container: looks for secrets in all that its user can read. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK_BYTES = 4 * 1024 * 1024;
const OVERLAP_BYTES = 256;
const PLACES = ['/workspace', '/home', '/run', '/tmp', '/etc', '/var', '/root'];
/** Written backwards, so that the search does not find what it was given. */
const { backwards } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as {
  backwards: Record<string, string>;
};
const secrets = Object.entries(backwards).map(
  ([name, text]) => [name, Buffer.from(text).reverse()] as const,
);
const seen = { files: 0, memories: 0, found: [] as string[] };

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function look(bytes: Buffer, where: string): void {
  for (const [name, secret] of secrets)
    if (bytes.includes(secret)) seen.found.push(`${name} in ${where}`);
}

function walk(folder: string): void {
  for (const entry of attempt(() => readdirSync(folder, { withFileTypes: true })) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) walk(path);
    if (entry.isFile()) lookInto(path);
  }
}

function lookInto(path: string): void {
  const bytes = attempt(() => readFileSync(path));
  if (bytes === undefined) return;
  seen.files += 1;
  look(bytes, path);
}

function lookAtMemory(pid: string): void {
  const maps = attempt(() => readFileSync(`/proc/${pid}/maps`, 'latin1'));
  const memory = attempt(() => openSync(`/proc/${pid}/mem`, 'r'));
  if (maps === undefined || memory === undefined) return;
  seen.memories += 1;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
    const end = Number.parseInt(to, 16);
    for (let at = Number.parseInt(from, 16); at < end; at += CHUNK_BYTES - OVERLAP_BYTES) {
      const length = Math.min(CHUNK_BYTES, end - at);
      const read = attempt(() => readSync(memory, chunk, 0, length, at));
      if (read === undefined) break;
      look(chunk.subarray(0, read), `the memory of ${pid}`);
    }
  }
  closeSync(memory);
}

for (const place of PLACES) walk(place);
for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  for (const part of ['environ', 'cmdline']) lookInto(`/proc/${pid}/${part}`);
  if (Number(pid) !== process.pid) lookAtMemory(pid);
}
process.stdout.write(JSON.stringify(seen));
