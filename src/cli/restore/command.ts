import { resolve } from 'node:path';
import type { Command } from 'commander';
import { restoreBackup } from '../../backup/restore-backup.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { renderRestored } from './render.ts';

interface RestoreOptions {
  readonly keepPending?: boolean;
  readonly withSecrets?: boolean;
  readonly json?: boolean;
}

export function addRestoreCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('restore')
    .summary('put a backup in the place of the present state')
    .description(
      'Puts a backup in the place of the present state, which is moved aside. Present keys and credentials stay in ' +
        'use. What waited for an answer in the backup is not answered, because it may have been since.',
    )
    .argument('<file>', 'what `deckhand backup` has written')
    .option('--with-secrets', 'take keys and credentials of the backup, if it has them')
    .option('--keep-pending', 'answer and send what waited when it was made')
    .option('--json', 'print as JSON')
    .action(async (file: string, options: RestoreOptions) => {
      const paths = installationPaths(context);
      const restored = await restoreBackup({
        paths,
        file: resolve(file),
        keepPending: options.keepPending ?? false,
        withSecrets: options.withSecrets ?? false,
        now: context.now(),
        signal: context.signal,
      });
      if (options.json) writeJson(context, restored);
      else context.stdout(renderRestored(restored, paths.home));
      finish(EXIT.ok);
    });
}
