import { pingModelServer } from '../../models/ping.ts';
import { CliError } from '../cli-error.ts';
import { keyTarget } from '../doctor/ping-targets.ts';
import { EXIT } from '../exit-code.ts';
import type { KeyKind } from '../login/key-shape.ts';
import type { SetupSession } from './session.ts';

/**
 * Shows a key to the server that it is for, so that a mistyped one is not found out by the first question. Rejects
 * when the server refuses it; whatever else is wrong is no reason not to go on.
 */
export async function proveKey(
  { context, reporter }: SetupSession,
  kind: KeyKind,
  secret: string,
): Promise<void> {
  const provider = kind === 'openai_key' ? 'openai' : 'anthropic';
  const target = keyTarget(context.loadConfig(), provider, secret, kind === 'claude_token');
  const { host } = new URL(target.baseUrl);
  const { outcome } = await pingModelServer(target, context.signal);
  if (outcome.status === 'ok') return;
  if (outcome.status === 'answered' && outcome.code === 401) {
    const refusal = `${host} refuses it, so it was not kept: copy all of it again, or make a new one.`;
    throw new CliError(EXIT.failed, refusal);
  }
  reporter.say(`${host} did not say whether it takes it; \`deckhand doctor\` asks again.`);
}
