import { type Command, Option } from 'commander';
import { CliError } from '../cli-error.ts';
import type { CliContext, Finish } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { type CodexWay, signInToChatgpt } from './chatgpt.ts';
import { judgeOpenaiKey } from './key-shape.ts';
import { storeKey } from './store-key.ts';

interface CodexOptions {
  readonly device?: boolean;
  readonly paste?: boolean;
  readonly apiKey?: boolean;
  /** True without a path. */
  readonly import?: string | true;
  readonly group?: string;
  readonly browser: boolean;
}

export function addLoginCodexCommand(login: Command, context: CliContext, finish: Finish): void {
  const ways = ['device', 'paste', 'apiKey', 'import'];
  const way = (flags: string, name: string, description: string) =>
    new Option(flags, description).conflicts(ways.filter((other) => other !== name));
  login
    .command('codex')
    .summary('sign in with ChatGPT, or store a key for OpenAI')
    .description(
      'Signs in with ChatGPT, in a browser on this machine unless an option says otherwise. The host keeps ' +
        'the sign-in up.',
    )
    .addOption(way('--device', 'device', 'show a code to type in a browser anywhere'))
    .addOption(way('--paste', 'paste', 'use a browser anywhere and paste its last address'))
    .addOption(
      way('--import [path]', 'import', 'take over a sign-in of `codex login` (~/.codex/auth.json)'),
    )
    .addOption(way('--api-key', 'apiKey', 'store an API key instead, read from standard input'))
    .option('--group <folder>', 'sign in for this group alone')
    .option('--no-browser', 'only print the address')
    .action(async (options: CodexOptions) => {
      await logIn(context, options);
      finish(EXIT.ok);
    });
}

async function logIn(context: CliContext, options: CodexOptions): Promise<void> {
  if (!options.apiKey) return signInToChatgpt(context, chosenWay(options), options.group);
  if (options.group !== undefined) {
    throw new CliError(
      EXIT.usage,
      'An API key is for the whole installation: leave --group out, or sign in with ChatGPT.',
    );
  }
  await storeKey(context, {
    profile: { name: 'openai' },
    prompt: 'API key for OpenAI (it is not shown): ',
    judge: judgeOpenaiKey,
  });
}

function chosenWay({ device, paste, import: path, browser }: CodexOptions): CodexWay {
  if (device) return { kind: 'device' };
  if (paste) return { kind: 'paste' };
  if (path !== undefined) return { kind: 'import', ...(path === true ? {} : { path }) };
  return { kind: 'browser', mayOpen: browser };
}
