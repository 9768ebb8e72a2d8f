import type { Command } from 'commander';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { noDatabase, readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';
import { readKnownGroups } from '../known-groups.ts';
import { findRunId } from './find-run.ts';
import { readRun } from './read-run.ts';
import { renderRun } from './render-run.ts';

export function addRunsShowCommand(runs: Command, context: CliContext, finish: Finish): void {
  runs
    .command('show')
    .summary('show one run')
    .description(
      'Shows the attempts of a run with their models, times and tokens, the messages that it answers and what it ' +
        'has sent.',
    )
    .argument('<id>', 'id of the run or its beginning; "last": the newest')
    .option('--json', 'print as JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const shown = readDatabase(installationPaths(context).database, (db) =>
        readRun(db, findRunId(db, id)),
      );
      if (shown === undefined) throw noDatabase();
      if (options.json) writeJson(context, shown);
      else context.stdout(renderRun(shown, await readKnownGroups(context), context.now()));
      finish(EXIT.ok);
    });
}
