import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { isErrno } from '../../errno.ts';
import { DATE_ORDERS, type DateOrder } from '../../simulate/date-order.ts';
import { ExportFileError } from '../../simulate/export-lines.ts';
import { findDateOrder, type SimulationEvent, simulate } from '../../simulate/simulate.ts';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, writeJson } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { collect } from '../models/set-options.ts';
import { describeReport } from './json.ts';
import { readSettings, type SimulateOptions, simulateOptionsSchema } from './options.ts';
import { createPromptFolder } from './prompt-folder.ts';
import { renderMessage, renderRun, renderSummary } from './render.ts';
import { SimulationReport } from './report.ts';

export function addSimulateCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('simulate')
    .summary('replay an exported chat and show what would be answered')
    .description(
      'Replays a chat exported from WhatsApp, without a phone, a model or a container, and shows which messages ' +
        'would be answered and why the others would not.',
    )
    .argument('<file>', 'the _chat.txt of an export; unzip a .zip first')
    .option('--group <folder>', 'decide by this registration')
    .option('--trigger <word>', 'word that calls the assistant, instead of its name')
    .option('--main', 'as in the main group, which needs no trigger')
    .option('--no-main', 'as in an ordinary group')
    .option('--name <name>', 'name of the account in the export: it may always ask')
    .option('--answers-by <name>', 'name under which the assistant has answered')
    .option('--person <name=number>', 'whose number a name is; several times', collect)
    .option('--run-seconds <seconds>', 'how long an answer takes (30)')
    .addOption(
      new Option('--date-order <order>', 'how dates are written').choices([...DATE_ORDERS]),
    )
    .option('--time-zone <zone>', 'zone of the phone that made the export')
    .option('--all', 'list the messages that are not answered too')
    .option('--prompts <folder>', "write each run's prompt into a file of this folder")
    .option('--json', 'print the result as JSON')
    .action(async (file: string, given: unknown) => {
      const options = simulateOptionsSchema.parse(given);
      await replay(context, file, options);
      finish(EXIT.ok);
    });
}

async function replay(context: CliContext, file: string, options: SimulateOptions): Promise<void> {
  const settings = await readSettings(context, options);
  const open = () => createReadStream(file, { signal: context.signal });
  await withFile(context, file, () => requireFile(file));
  const order = options.dateOrder ?? (await withFile(context, file, () => chooseOrder(open())));
  const keepPrompt =
    options.prompts === undefined ? () => undefined : createPromptFolder(options.prompts);
  const report = new SimulationReport();
  const isTelling = options.json !== true;
  const onEvent = (event: SimulationEvent): void => {
    const text = note(report, event, { ...options, timeZone: settings.timeZone });
    if (event.type === 'run' && !event.isRefused) keepPrompt(report.runs, event);
    if (isTelling && text !== undefined) context.stdout(text);
  };
  await withFile(context, file, () => simulate({ ...settings, order }, open(), onEvent));
  if (isTelling) context.stdout(renderSummary(report, { ...settings, order }));
  else writeJson(context, describeReport(report, { ...settings, order }));
}

/** Adds an event up; gives what is shown of it at once. */
function note(
  report: SimulationReport,
  event: SimulationEvent,
  { all, timeZone }: { all?: boolean | undefined; timeZone: string },
): string | undefined {
  switch (event.type) {
    case 'message':
      return report.addMessage(event) || all !== true ? undefined : renderMessage(event);
    case 'run':
      return renderRun(report.addRun(event), timeZone);
    case 'passed':
      report.passed[event.what] += 1;
      return undefined;
    case 'bad':
      report.addBad(event);
      return undefined;
    default:
      return event satisfies never;
  }
}

/** A pipe cannot be read twice, and one that nobody writes to could not even be given up. */
async function requireFile(file: string): Promise<void> {
  if ((await stat(file)).isFile()) return;
  throw new ExportFileError('It is no file: name the _chat.txt of an export.');
}

async function chooseOrder(pieces: AsyncIterable<Uint8Array>): Promise<DateOrder> {
  const verdict = await findDateOrder(pieces);
  switch (verdict.status) {
    case 'found':
      return verdict.order;
    case 'ambiguous':
      throw new CliError(
        EXIT.usage,
        'The dates can be read in two ways: say with --date-order dmy or --date-order mdy which is meant.',
      );
    case 'none':
      throw new ExportFileError(
        'No line of it begins with a date, as in chats that WhatsApp exports. Export the chat from its menu.',
      );
    default:
      return verdict satisfies never;
  }
}

/** Says of which file the trouble is. */
async function withFile<T>(context: CliContext, file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ExportFileError) {
      throw new CliError(EXIT.usage, `${file} cannot be replayed. ${error.message}`);
    }
    if (error instanceof Error && 'syscall' in error) {
      const reason = isErrno(error, 'ENOENT') ? 'There is no such file' : error.message;
      throw new CliError(EXIT.usage, `${file} cannot be read. ${reason}.`, { cause: error });
    }
    throw error;
  }
}
