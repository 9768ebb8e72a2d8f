import { BackupError } from '../../backup/backup-error.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** Does work whose expected failures end the command with their sentence. */
export async function sayingWhatToDo<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupError)
      throw new CliError(EXIT.failed, error.message, { cause: error });
    throw error;
  }
}
