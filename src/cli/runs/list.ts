import { type Command, Option } from 'commander';
import { createRunHistory, type RunSummary } from '../../db/run-history.ts';
import { type CliContext, type Finish, installationPaths, writeJson } from '../context.ts';
import { readCount } from '../count-option.ts';
import { readDatabase } from '../database.ts';
import { EXIT } from '../exit-code.ts';
import { readKnownGroups } from '../known-groups.ts';
import { renderRuns } from './render-list.ts';

interface ListOptions {
  readonly group?: string;
  readonly state?: RunSummary['state'];
  readonly limit: string;
  readonly json?: boolean;
}

export function addRunsListCommand(runs: Command, context: CliContext, finish: Finish): void {
  runs
    .command('list')
    .summary('show the last runs')
    .description('Shows the last runs, the newest last.')
    .option('--group <group>', 'only of this group: its folder or JID')
    .addOption(
      new Option('--state <state>', 'only in this state').choices([
        'running',
        'answered',
        'failed',
        'cancelled',
      ]),
    )
    .option('--limit <count>', 'how many', '20')
    .option('--json', 'print as JSON')
    .action(async (options: ListOptions) => {
      const limit = readCount('--limit', options.limit);
      const { database } = installationPaths(context);
      const found = readDatabase(database, (db) =>
        createRunHistory(db).list(limit, options.group, options.state),
      );
      const list = [...(found ?? [])].reverse();
      if (options.json) writeJson(context, { runs: list });
      else {
        const { timeZone } = await readKnownGroups(context);
        context.stdout(
          list.length === 0 ? noRun(options) : renderRuns(list, timeZone, context.now()),
        );
      }
      finish(EXIT.ok);
    });
}

function noRun({ group, state }: ListOptions): string {
  const isAll = group === undefined && state === undefined;
  return isAll ? 'There has been no run yet.\n' : 'No run fits. Without options all are shown.\n';
}
