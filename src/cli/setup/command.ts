import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createChatList } from './account-chats.ts';
import { addSetupOptions, type SetupOptions, setupOptionsSchema } from './options.ts';
import { createPrompt } from './prompt.ts';
import { createReporter } from './report.ts';
import { runSteps } from './run-steps.ts';
import type { SetupSession } from './session.ts';
import { STEP_NAMES } from './step.ts';
import { createSteps } from './steps.ts';
import { summarize } from './summary.ts';

export function addSetupCommand(program: Command, context: CliContext, finish: Finish): void {
  const command = program
    .command('setup')
    .summary('bring a new installation to its first answer')
    .description(
      'Goes through everything a new installation needs, asks where there is a choice, and leaves out what is ' +
        `done: stopped anywhere, it goes on there when it is run again. Exit code ${EXIT.notReady}: something ` +
        'has to be done or said first.',
    )
    .addHelpText('after', `\nThe steps are:\n  ${STEP_NAMES.join(', ')}`);
  addSetupOptions(command).action(async (values: unknown) => {
    await setUp(context, withSkips(setupOptionsSchema.parse(values)));
    finish(EXIT.ok);
  });
}

function withSkips(options: SetupOptions): SetupOptions {
  return options.service ? options : { ...options, skip: [...options.skip, 'service'] };
}

async function setUp(context: CliContext, options: SetupOptions): Promise<void> {
  using prompt = createPrompt(context, !options.json);
  const reporter = createReporter(context, options.json);
  const session: SetupSession = {
    context,
    options,
    prompt,
    reporter,
    said: options.provider === undefined ? {} : { provider: options.provider },
    listChats: createChatList(context),
  };
  reporter.say('Setting Deckhand up. Ctrl-C stops at any time; run again, it goes on there.');
  await runSteps(session, createSteps(session));
  await summarize(session);
}
