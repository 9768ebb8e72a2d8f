import { Readable } from 'node:stream';
import type { CliContext } from '../context.ts';
import { signInToChatgpt } from '../login/chatgpt.ts';
import { judgeClaudeSecret, judgeOpenaiKey } from '../login/key-shape.ts';
import { type KeyEntry, storeKey } from '../login/store-key.ts';
import { askChoice, askLine, type Choice } from './ask.ts';
import { proveKey } from './prove-key.ts';
import type { SetupSession } from './session.ts';
import { type OpenaiWay, readGivenWay, suggestWays } from './sign-in-ways.ts';

const WAY_FLAG = '--api-key-stdin, --browser, --device or --import';

export async function signInToClaude(session: SetupSession): Promise<void> {
  if (!session.options.apiKeyStdin) {
    session.reporter.say(
      'Claude needs an API key (console.anthropic.com), or the token that `claude setup-token` prints.',
    );
  }
  await storeSecret(session, {
    profile: { name: 'anthropic' },
    prompt: 'API key or token for Claude (it is not shown): ',
    judge: (secret) => judgeClaudeSecret(secret, undefined),
  });
}

export async function signInToOpenai(session: SetupSession): Promise<void> {
  const way = await chooseWay(session);
  if (way.kind === 'api_key') {
    return storeSecret(session, {
      profile: { name: 'openai' },
      prompt: 'API key for OpenAI (it is not shown): ',
      judge: judgeOpenaiKey,
    });
  }
  await signInToChatgpt(toSubContext(session, session.prompt.lend()), way, undefined);
}

async function chooseWay(session: SetupSession): Promise<OpenaiWay> {
  const given = readGivenWay(session.options);
  if (given !== undefined) return given;
  const { environment } = session.context;
  const { userHome } = session.context.loadConfig();
  const question = { text: 'How do you want to sign in?', flag: WAY_FLAG };
  const [first, ...others] = suggestWays({ environment, platform: process.platform, userHome });
  const choices: [Choice<OpenaiWay>, ...Choice<OpenaiWay>[]] = [first, ...others];
  return askChoice(session, question, choices);
}

/** From all of standard input when that was said, else from the next line, which a terminal does not show. */
async function storeSecret(
  session: SetupSession,
  unproven: Omit<KeyEntry, 'prove'>,
): Promise<void> {
  const { prompt, options } = session;
  const entry: KeyEntry = {
    ...unproven,
    prove: (kind, secret) => proveKey(session, kind, secret),
  };
  if (prompt.isInteractive || options.apiKeyStdin) {
    return storeKey(toSubContext(session, prompt.lend()), entry);
  }
  const text = entry.prompt.replace(/ \(.*$/, '');
  const line = await askLine(session, { text, flag: '--api-key-stdin' });
  await storeKey(toSubContext(session, Readable.from([line]), false), entry);
}

/** The context of a command within this one: its input, and its output where people look. */
function toSubContext(
  { context, reporter, prompt }: SetupSession,
  stdin: Readable,
  isStdinTty = prompt.isInteractive,
): CliContext {
  return { ...context, stdin, isStdinTty, stdout: (text) => reporter.show(text) };
}
