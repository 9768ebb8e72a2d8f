import { isErrno } from '../errno.ts';
import { BackupError } from './backup-error.ts';

/** An error of a disk without room, or of a quota that is used up, as a BackupError; any other one as it is. */
export function explainFullDisk(error: unknown, folder: string): unknown {
  if (!isErrno(error, 'ENOSPC', 'EDQUOT')) return error;
  return new BackupError(`The disk of ${folder} is full. Make room there and run this again.`, {
    cause: error,
  });
}
