import { Argument, type Command } from 'commander';
import type { ModelProvider } from '../core/models/model-ref.ts';
import type { SignOutOutcome } from '../credentials/sign-in/sign-out.ts';
import { CliError } from './cli-error.ts';
import type { CliContext, Finish } from './context.ts';
import { EXIT } from './exit-code.ts';
import { LINE_WIDTH, wrapText } from './layout.ts';
import { findStoredCodexProfile, openCredentials } from './login/credentials.ts';
import { environmentWinner } from './login/environment.ts';

const PROFILES = {
  codex: { name: 'openai-codex', what: 'ChatGPT sign-in' },
  claude: { name: 'anthropic', what: 'key or token for Claude' },
  openai: { name: 'openai', what: 'API key for OpenAI' },
} as const satisfies Record<string, { name: ModelProvider; what: string }>;
type Service = keyof typeof PROFILES;

export function addLogoutCommand(program: Command, context: CliContext, finish: Finish): void {
  program
    .command('logout')
    .summary('end a sign-in, or forget a key')
    .description(
      'Ends a ChatGPT sign-in at the server, as far as it can be reached, and removes what is stored. Keys are ' +
        'removed here alone.',
    )
    .addArgument(new Argument('<service>', 'what to sign out of').choices(Object.keys(PROFILES)))
    .option('--group <folder>', 'the ChatGPT sign-in of this group alone')
    .action(async (service: Service, { group }: { group?: string }) => {
      await logOut(context, service, group);
      finish(EXIT.ok);
    });
}

async function logOut(
  context: CliContext,
  service: Service,
  group: string | undefined,
): Promise<void> {
  if (group !== undefined && service !== 'codex') {
    throw new CliError(
      EXIT.usage,
      'Only a ChatGPT sign-in can be a group’s own: leave --group out.',
    );
  }
  const { name, what } = PROFILES[service];
  const { signOut } = await import('../credentials/sign-in/sign-out.ts');
  const { withdrawTokens } = await import('./login/withdraw-tokens.ts');
  const { store, authServer, config } = await openCredentials(context);
  const profile =
    service === 'codex' ? await findStoredCodexProfile(context, store, group) : { name };
  const outcome = await signOut({ store, authServer }, profile, context.signal);
  if (service === 'codex') await withdrawTokens(context, store, profile);
  context.stdout(describeOutcome(outcome, what));
  if (service === 'codex' && group === undefined) await removePreset(context);
  const winner = environmentWinner(name, config.secrets);
  if (winner === undefined) return;
  context.stdout(`${winner} in the environment or in .env is used as before.\n`);
}

async function removePreset(context: CliContext): Promise<void> {
  const { removeSignInPreset } = await import('./models/apply-preset.ts');
  const note = removeSignInPreset(context);
  if (note !== undefined) context.stdout(`${wrapText(note, LINE_WIDTH).join('\n')}\n`);
}

function describeOutcome(outcome: SignOutOutcome, what: string): string {
  if (outcome.status === 'absent') return `No ${what} is stored.\n`;
  switch (outcome.revocation) {
    case 'none':
      return `The ${what} is removed.\n`;
    case 'done':
      return `The ${what} is ended and removed.\n`;
    case 'not_asked':
      return (
        `The ${what} is removed here. Its file could not be used, so that the server was not\n` +
        'asked to end it: do that in the security settings of ChatGPT.\n'
      );
    case 'failed':
      return (
        `The ${what} is removed here, but the server did not confirm its end.\n` +
        'To be sure end it in the security settings of ChatGPT.\n'
      );
    default:
      return outcome.revocation satisfies never;
  }
}
