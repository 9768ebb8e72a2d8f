import type { Command } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { addModelsListCommand } from './list.ts';
import { addModelsResetCommand } from './reset.ts';
import { addModelsSetCommand } from './set.ts';

export function addModelsCommand(program: Command, context: CliContext, finish: Finish): void {
  const models = program
    .command('models')
    .summary('show and choose the models that answer')
    .description(
      'Shows and chooses the models that answer. Names are provider/model: openai-codex/ for a ChatGPT sign-in, ' +
        'openai/ for a key of the API, anthropic/ for Claude.',
    );
  addModelsListCommand(models, context, finish);
  addModelsSetCommand(models, context, finish);
  addModelsResetCommand(models, context, finish);
}
