import { isErrno } from './errno.ts';

/** No system gives a higher one, and Node takes none. */
const MAX_PID = 2 ** 31 - 1;

/** Whether a process of this machine has the number, be it another user's. */
export function isProcessRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid > MAX_PID) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false;
    if (isErrno(error, 'EPERM')) return true;
    throw error;
  }
}
