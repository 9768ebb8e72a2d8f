import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import packageFile from '../../../package.json' with { type: 'json' };
import { createBackup } from '../../backup/create-backup.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { renderBackup, summarizeBackup } from './render.ts';

interface BackupOptions {
  readonly withSecrets?: boolean;
  readonly files: boolean;
  readonly json?: boolean;
}

export function addBackupCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('backup')
    .summary('write everything that matters into one file')
    .description(
      'Writes database, registrations, memory, files and conversations into one file, for this user alone; also ' +
        'while the host runs. Keys and credentials stay out unless you ask for them.',
    )
    .argument('[file]', 'the file; without it deckhand-backup-<time>.tar.gz here')
    .option('--with-secrets', 'also credentials, .env and the keys of the WhatsApp link')
    .option('--no-files', 'leave out files of groups that are larger than 1 MB')
    .option('--json', 'print as JSON')
    .action(async (file: string | undefined, options: BackupOptions) => {
      const summary = await backUp(context, file, options);
      if (options.json) writeJson(context, summary);
      else context.stdout(renderBackup(summary));
      finish(EXIT.ok);
    });
}

async function backUp(context: CliContext, file: string | undefined, options: BackupOptions) {
  const paths = installationPaths(context);
  const createdAt = context.now();
  const target = resolve(file ?? defaultName(createdAt));
  if (!existsSync(paths.database)) {
    throw new CliError(
      EXIT.notReady,
      `There is nothing to back up in ${paths.home}: it has no database yet.`,
    );
  }
  const backup = await createBackup({
    paths,
    target,
    withSecrets: options.withSecrets ?? false,
    withFiles: options.files,
    version: packageFile.version,
    createdAt,
    signal: context.signal,
  });
  return summarizeBackup(target, backup);
}

/** In UTC, so that names sort by time. */
function defaultName(now: number): string {
  const time = new Date(now).toISOString().slice(0, 19).replaceAll(':', '-');
  return `deckhand-backup-${time}.tar.gz`;
}
