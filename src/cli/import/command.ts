import type { Command } from 'commander';
import { z } from 'zod';
import { openSourceFolder, SourceFolderError } from '../../import/source-folder.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type ImportReport, importNanoclaw } from './import-nanoclaw.ts';
import { renderImport } from './render.ts';

const optionsSchema = z.strictObject({
  dryRun: z.boolean().default(false),
  withEnv: z.boolean().default(false),
  json: z.boolean().default(false),
});

export function addImportCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('import')
    .summary('take over the groups of another program')
    .description('Takes over the groups of another program.')
    .command('nanoclaw')
    .summary('take over the groups of NanoClaw 1')
    .description(
      'Takes over the WhatsApp groups of NanoClaw 1: registrations, memory and files, scheduled tasks and ' +
        'conversations. Nothing there is changed, and nothing here is overwritten. Stop NanoClaw before.',
    )
    .argument('<folder>', 'the folder of NanoClaw, with its store/ and data/')
    .option('--dry-run', 'show what would be taken over, and change nothing')
    .option('--with-env', 'take the known settings of its .env too, keys and tokens among them')
    .option('--json', 'print what was taken over as JSON')
    .action(async (folder: string, given: unknown) => {
      const { json, ...options } = optionsSchema.parse(given);
      const report = await run(context, folder, options);
      if (json) writeJson(context, report);
      else context.stdout(renderImport(report));
      finish(hasProblem(report) ? EXIT.failed : EXIT.ok);
    });
}

async function run(
  context: CliContext,
  folder: string,
  options: { readonly dryRun: boolean; readonly withEnv: boolean },
): Promise<ImportReport> {
  try {
    return await importNanoclaw(context, await openSourceFolder(folder), options);
  } catch (error) {
    if (!(error instanceof SourceFolderError)) throw error;
    throw new CliError(EXIT.usage, error.message, { cause: error });
  }
}

function hasProblem({ groups, skipped, problems }: ImportReport): boolean {
  if (problems.length > 0 || skipped.some(({ isProblem }) => isProblem)) return true;
  return groups.some(({ outcome }) => outcome.status === 'failed');
}
