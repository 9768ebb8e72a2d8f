import type { ProfileId } from '../../credentials/stored-credential.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { openCredentials } from './credentials.ts';
import { environmentWinner } from './environment.ts';
import { type KeyKind, type KeyVerdict, toCredential } from './key-shape.ts';
import { readSecret } from './read-secret.ts';

export interface KeyEntry {
  readonly profile: ProfileId & { readonly name: 'openai' | 'anthropic' };
  readonly prompt: string;
  readonly judge: (secret: string) => KeyVerdict;
  /** Rejects when the secret is not to be stored. */
  readonly prove?: (kind: KeyKind, secret: string) => Promise<void>;
}

const NAMES: Readonly<Record<KeyKind, string>> = {
  openai_key: 'API key for OpenAI',
  claude_key: 'API key for Claude',
  claude_token: 'token for Claude',
};

/** Reads a key or token, and stores it when it can be one. */
export async function storeKey(context: CliContext, entry: KeyEntry): Promise<void> {
  const { store, config } = await openCredentials(context);
  const secret = await readSecret(context, entry.prompt);
  const verdict = entry.judge(secret);
  if (verdict.status === 'wrong') throw new CliError(EXIT.usage, verdict.message);
  await entry.prove?.(verdict.kind, secret);
  const credential = toCredential(verdict.kind, secret, context.now());
  await store.withLock(entry.profile, context.signal, () => store.write(entry.profile, credential));
  context.stdout(`The ${NAMES[verdict.kind]} is stored.\n`);
  const winner = environmentWinner(entry.profile.name, config.secrets);
  if (winner === undefined) return;
  context.stdout(`It is not used as long as ${winner} is set in the environment or in .env.\n`);
}
