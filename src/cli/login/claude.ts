import { type Command, Option } from 'commander';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { judgeClaudeSecret } from './key-shape.ts';
import { storeKey } from './store-key.ts';

interface ClaudeOptions {
  readonly apiKey?: boolean;
  readonly token?: boolean;
}

export function addLoginClaudeCommand(login: Command, context: CliContext, finish: Finish): void {
  login
    .command('claude')
    .summary('store a key or token for Claude')
    .description(
      'Stores an API key for Claude, or the token that `claude setup-token` prints. It is read from standard ' +
        'input, or typed at a prompt that does not show it. Which of them it is shows at its beginning.',
    )
    .addOption(new Option('--api-key', 'it is an API key').conflicts('token'))
    .option('--token', 'it is a token of `claude setup-token`')
    .action(async ({ apiKey, token }: ClaudeOptions) => {
      const wanted = apiKey ? 'claude_key' : token ? 'claude_token' : undefined;
      await storeKey(context, {
        profile: { name: 'anthropic' },
        prompt: 'API key or token for Claude (it is not shown): ',
        judge: (secret) => judgeClaudeSecret(secret, wanted),
      });
      finish(EXIT.ok);
    });
}
