import type { Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type CliContext, type Finish, hasColours, writeJson } from '../context.ts';
import { readCount } from '../count-option.ts';
import { EXIT } from '../exit-code.ts';
import { readKnownGroups } from '../known-groups.ts';
import { collectStories } from './collect.ts';
import { listNewest } from './list.ts';
import { renderMessages } from './render-list.ts';
import { renderStory } from './render-story.ts';

interface WhyOptions {
  readonly group?: string;
  readonly text?: boolean;
  readonly limit: string;
  readonly json?: boolean;
}

/** Ids of WhatsApp have 20 to 32 characters; ours no more. */
const MAX_ID_CHARS = 200;

export function addWhyCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('why')
    .summary('tell what became of a message and why')
    .description(
      'Tells what a message or a run went through, step by step, where it stands and what to do. Without an id: ' +
        `the last messages with their state. Works while the host is up or down. Exit code ${EXIT.failed}: nothing ` +
        'is known of the id.',
    )
    .argument(
      '[id]',
      'id of a message, an answer or a run, or its beginning; "last": the last question',
    )
    .option('--group <group>', 'only of this group: its folder or JID')
    .option('--text', 'show what the messages say, too')
    .option('--limit <count>', 'how many messages to list without an id', '10')
    .option('--json', 'print as JSON')
    .action(async (id: string | undefined, options: WhyOptions) => {
      await (id === undefined ? list(context, options) : tell(context, checkId(id), options));
      finish(EXIT.ok);
    });
}

function checkId(id: string): string {
  if (id !== '' && id.length <= MAX_ID_CHARS) return id;
  throw new CliError(EXIT.usage, `An id has 1 to ${MAX_ID_CHARS} characters.`);
}

async function list(context: CliContext, options: WhyOptions): Promise<void> {
  const known = await readKnownGroups(context);
  const messages = listNewest(context, {
    chatJid: options.group === undefined ? undefined : known.chatOf(options.group),
    limit: readCount('--limit', options.limit),
    hasText: options.text === true,
  });
  if (options.json) writeJson(context, { messages });
  else context.stdout(renderMessages(messages, known));
}

async function tell(context: CliContext, wanted: string, options: WhyOptions): Promise<void> {
  const known = await readKnownGroups(context);
  const chatJid = options.group === undefined ? undefined : known.chatOf(options.group);
  const found = collectStories(context, known, { wanted, chatJid, hasText: options.text === true });
  if (known.problem !== undefined) context.stderr(`${known.problem}\n`);
  if (options.json) writeJson(context, { stories: found });
  else context.stdout(found.map((one) => renderStory(one, known, hasColours(context))).join('\n'));
}
