import { execFileSync } from 'node:child_process';
import { linkSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isErrno } from '../../../src/errno.ts';

// What an agent with a shell does in its mailbox: see intruder.ts.
const [exchange, box = '', target = '', swaps = '0'] = process.argv.slice(2);
const aside = `${box}-aside`;
const pipe = join(dirname(box), 'pipe');

/** The host is often the quicker one, so that nearly every step may find nothing, or something. */
const EXPECTED = ['ENOENT', 'EEXIST', 'ENOTEMPTY', 'EISDIR', 'ENOTDIR', 'EPERM'];

function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch (error) {
    if (isErrno(error, ...EXPECTED)) return false;
    throw error;
  }
}

/** Puts something under a name where another thing stands. */
function put(name: string, make: (path: string) => void): boolean {
  const next = join(box, 'next');
  return attempt(() => make(next)) && attempt(() => renameSync(next, join(box, name)));
}

const steps: Record<string, (index: number) => boolean> = {
  /** Under one name: a harmless request, and a link to the target or a second name of its twin. */
  file(index) {
    const name = `${index % 8}.json`;
    put(name, (path) => writeFileSync(path, '{"type":"harmless"}'));
    return put(name, (path) =>
      index % 4 === 0 ? linkSync(`${target}.twin`, path) : symlinkSync(target, path),
    );
  },
  /** Under one name: a harmless request, and a pipe to which nobody writes. */
  pipe(index) {
    const name = `${index % 8}.json`;
    put(name, (path) => writeFileSync(path, '{"type":"harmless"}'));
    return put(name, (path) => linkSync(pipe, path));
  },
  /** As many requests as there is room for. */
  flood(index) {
    return attempt(() => writeFileSync(join(box, `${index}.json`), target));
  },
  /** In the place of the folder: a link to the target, then the folder again. */
  folder() {
    rmSync(aside, { recursive: true, force: true });
    const isMoved = attempt(() => renameSync(box, aside));
    const isLinked = attempt(() => symlinkSync(target, box));
    attempt(() => unlinkSync(box));
    attempt(() => renameSync(aside, box));
    return isMoved && isLinked;
  },
};

const step = steps[exchange ?? ''];
if (step === undefined) throw new Error(`no exchange of the name ${String(exchange)}`);
if (exchange === 'pipe') execFileSync('mkfifo', [pipe]);
let made = 0;
for (let index = 0; index < Number(swaps); index += 1) if (step(index)) made += 1;
process.stdout.write(String(made));
