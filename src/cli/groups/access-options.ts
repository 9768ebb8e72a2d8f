import { type Command, Option } from 'commander';
import { z } from 'zod';
import { collect } from '../models/set-options.ts';

/** What becomes of messages of those who may not ask, in the words of the command. */
export const OTHERS = { context: 'trigger', drop: 'drop' } as const;

/** As commander gives them. `admins` and `budget` are false when they are taken away. */
export const accessOptionsSchema = z.strictObject({
  allow: z.array(z.string()).optional(),
  disallow: z.array(z.string()).optional(),
  allowEverybody: z.boolean().optional(),
  others: z.enum(['context', 'drop']).optional(),
  admin: z.array(z.string()).optional(),
  admins: z.boolean().optional(),
  runsPerDay: z.string().optional(),
  tokensPerDay: z.string().optional(),
  budget: z.boolean().optional(),
  personRate: z.string().optional(),
  groupRate: z.string().optional(),
  defaultRates: z.boolean().optional(),
  receipts: z.boolean().optional(),
});
export type AccessOptions = z.infer<typeof accessOptionsSchema>;

/** The options about who may ask, how much, and what the chat sees of it. */
export function addAccessOptions(command: Command): Command {
  return command
    .option(
      '--allow <person>',
      'phone number or JID of who may ask, and nobody else; several times',
      collect,
    )
    .option('--disallow <person>', 'take a person off that list; several times', collect)
    .option('--allow-everybody', 'let everybody ask (the default)')
    .addOption(
      new Option(
        '--others <what>',
        'messages of those who may not ask: part of the conversation, or not kept at all',
      ).choices(Object.keys(OTHERS)),
    )
    .option(
      '--admin <person>',
      'may always ask, and alone command the host; several times',
      collect,
    )
    .option('--no-admins', 'name no admins')
    .option('--runs-per-day <n>', 'most runs of a day here, tasks included; 0 pauses the group')
    .option('--tokens-per-day <n>', 'no new run once so many tokens of a day are used')
    .option('--no-budget', 'no limits for a day')
    .option(
      '--person-rate <rate>',
      'most questions of one person: 30/10m is 30 in 10 minutes (s, m or h), or off',
    )
    .option('--group-rate <rate>', 'the same of all people of the chat together')
    .option('--default-rates', 'back to the rates of the installation')
    .option('--receipts', 'show with reactions what becomes of a question')
    .option('--no-receipts', 'show no reactions');
}
