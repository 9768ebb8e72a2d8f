import type { ChildProcess } from 'node:child_process';
import { errorCode } from './bounded-file.ts';

/** Signals the group a detached child leads; a group that is gone already is fine. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
