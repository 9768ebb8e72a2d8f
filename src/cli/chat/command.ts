import { providerSchema } from '@deckhand/protocol';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { CliContext, Finish } from '../context.ts';
import { loadGroups } from '../groups/registry.ts';
import { chat } from './chat.ts';

const optionsSchema = z.strictObject({
  group: z.string().optional(),
  model: z.string().optional(),
  provider: providerSchema.optional(),
});

export function addChatCommand(program: Command, context: CliContext, finish: Finish): void {
  const provider = new Option('--provider <provider>', 'who answers').choices(
    providerSchema.options,
  );
  program
    .command('chat')
    .summary("talk with a group's assistant, outside WhatsApp")
    .description(
      'Talks with the assistant outside WhatsApp, as a group of this installation: its folder, memory, models and ' +
        'limits, but a conversation of its own, which ends with the command. Without a terminal each line of standard ' +
        'input is answered.',
    )
    .option('--group <folder>', 'folder or JID of a registered group; the main group otherwise')
    .option('--model <name>', 'the model to ask, as provider/model')
    .addOption(provider)
    .action(async (given: unknown) => {
      const options = optionsSchema.parse(given);
      finish(await chat(context, await loadGroups(context), options));
    });
}
