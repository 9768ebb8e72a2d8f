// Runs in the container, as the agent would: writes everything to one file that its own user can read and that could
// hold a secret of the run. The image itself is read-only and older than any.
import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [output] = process.argv.slice(2);
const dump = openSync(output, 'w');
const MOST_BYTES = 512 * 1024 * 1024;
/** Small, so that a process's memory is mostly chunks of nothing, which are left out. */
const CHUNK_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(CHUNK_BYTES);
const PLACES = ['/workspace', '/home', '/tmp', '/run', '/dev/shm', '/etc', '/var/tmp', '/root'];
const found = { isWhole: true, files: 0, processes: 0, memories: 0, bytes: 0 };

function put(bytes) {
  found.isWhole &&= found.bytes + bytes.length <= MOST_BYTES;
  if (found.isWhole) found.bytes += writeSync(dump, bytes);
}

/** What cannot be read is not for this user. */
function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function walk(path) {
  for (const entry of attempt(() => readdirSync(path, { withFileTypes: true })) ?? []) {
    const inner = join(path, entry.name);
    if (inner === output) continue;
    put(Buffer.from(`${inner}\n`));
    if (entry.isDirectory()) walk(inner);
    if (!entry.isFile()) continue;
    const bytes = attempt(() => readFileSync(inner));
    if (bytes === undefined) continue;
    found.files += 1;
    put(bytes);
  }
}

function readMemory(pid) {
  const maps = attempt(() => readFileSync(`/proc/${pid}/maps`, 'latin1'));
  const memory = attempt(() => openSync(`/proc/${pid}/mem`, 'r'));
  if (maps === undefined || memory === undefined) return;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (const line of maps.split('\n')) {
    const region = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (region === null) continue;
    const end = Number.parseInt(region[2], 16);
    for (let at = Number.parseInt(region[1], 16); at < end; at += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, end - at);
      const read = attempt(() => readSync(memory, chunk, 0, length, at));
      if (read === undefined) break;
      if (NOTHING.compare(chunk, 0, read, 0, read) !== 0) put(chunk.subarray(0, read));
    }
  }
  closeSync(memory);
  found.memories += 1;
}

put(Buffer.from(JSON.stringify(process.env)));
for (const place of PLACES) walk(place);
for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
  found.processes += 1;
  for (const part of ['environ', 'cmdline', 'status'])
    put(attempt(() => readFileSync(`/proc/${pid}/${part}`)) ?? Buffer.alloc(0));
  for (const fd of attempt(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
    const path = `/proc/${pid}/fd/${fd}`;
    // One that is no plain file would wait for its writer.
    const target = attempt(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`));
    put(target ?? Buffer.alloc(0));
    put(Buffer.from(path));
  }
  if (Number(pid) !== process.pid) readMemory(pid);
}
closeSync(dump);
process.stdout.write(`${JSON.stringify(found)}\n`);
