import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakePrograms {
  /** A search path that holds the programs and a shell’s basic tools. */
  readonly searchPath: string;
  /** Installs a program: a shell script, in which `$STATE` is a folder that all of them share. */
  add(name: string, script: string): void;
  /** What was called so far, a line each: the program and its arguments. */
  calls(): readonly string[];
}

/** Programs that write down how they were called; a test says what else they do. */
export function createFakePrograms(folder: string): FakePrograms {
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls');
  mkdirSync(bin);
  return {
    searchPath: `${bin}:/usr/bin:/bin`,
    add(name, script) {
      const path = join(bin, name);
      writeFileSync(
        path,
        `#!/bin/sh\nSTATE='${folder}'\necho "${name} $*" >> '${log}'\n${script}\n`,
      );
      chmodSync(path, 0o755);
    },
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
        : [],
  };
}

/**
 * `launchctl` as launchctl(1) of macOS describes it, as far as it is used here: a service is known between `bootstrap`
 * and `bootout`, other commands about an unknown one end with 113, `bootout` with 3, and a second `bootstrap` with 5.
 */
export const FAKE_LAUNCHCTL = `
case "$1" in
  enable) ;;
  bootstrap)
    [ -e "$STATE/loaded" ] && { echo 'Bootstrap failed: 5: Input/output error' >&2; exit 5; }
    cp "$3" "$STATE/loaded" ;;
  bootout)
    [ -e "$STATE/loaded" ] || { echo 'Boot-out failed: 3: No such process' >&2; exit 3; }
    rm "$STATE/loaded" ;;
  print)
    [ -e "$STATE/loaded" ] || { echo 'Could not find service' >&2; exit 113; }
    cat "$STATE/printed" ;;
esac`;
