import { providerSchema } from '@deckhand/protocol';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { CliContext, Finish } from '../context.ts';
import { loadGroups } from '../groups/registry.ts';
import { ask } from './ask.ts';
import { findTarget } from './ask-target.ts';
import { readQuestion } from './read-question.ts';

const optionsSchema = z.strictObject({
  group: z.string().optional(),
  model: z.string().optional(),
  provider: providerSchema.optional(),
  stream: z.boolean().default(false),
});

export function addAskCommand(program: Command, context: CliContext, finish: Finish): void {
  const provider = new Option('--provider <provider>', 'who answers').choices(
    providerSchema.options,
  );
  program
    .command('ask')
    .summary('ask the assistant one question, outside WhatsApp')
    .description(
      'Asks the assistant one question outside WhatsApp, as a group of this installation: its folder, memory, ' +
        'models and limits. The answer goes to standard output, everything else to standard error.',
    )
    .argument('[question]', 'what to ask; `-` or nothing reads standard input')
    .option('--group <folder>', 'folder or JID of a registered group; the main group otherwise')
    .option('--model <name>', 'the model to ask, as provider/model')
    .addOption(provider)
    .option('--stream', 'write the answer while it is made')
    .action(async (argument: string | undefined, given: unknown) => {
      const { stream, ...options } = optionsSchema.parse(given);
      const groups = await loadGroups(context);
      const target = findTarget(groups, options);
      const text = await readQuestion(context, argument);
      finish(await ask(context, { text, target, groups, isStreaming: stream }));
    });
}
