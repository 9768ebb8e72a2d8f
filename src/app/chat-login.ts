import { maskEmail } from '../core/masked-email.ts';
import { type ModelSetting, summarizeModel } from '../core/models/model-setting.ts';
import { formatLocal } from '../core/schedule/local-time.ts';
import type { CredentialStore } from '../credentials/credential-store.ts';
import { createAuthServer } from '../credentials/http-auth-server.ts';
import { type DevicePrompt, signInByDevice } from '../credentials/sign-in/device-sign-in.ts';
import type { SignedIn } from '../credentials/sign-in/sign-in-outcome.ts';
import { createModelStore } from '../db/models.ts';
import type { ChatSignIn } from '../engine/chat-commands.ts';
import { adoptSignInPreset } from '../models/sign-in-preset.ts';
import { waitUnlessAborted } from '../wait.ts';
import type { AppBase } from './base.ts';

/** Signs the installation in with ChatGPT by a code, for who asks in the main chat. */
export function createChatSignIn(
  { config, db, now }: Pick<AppBase, 'config' | 'db' | 'now'>,
  store: CredentialStore,
): ChatSignIn {
  const models = createModelStore(db);
  const authServer = createAuthServer({ ...config.signIn, now });
  return async ({ timeZone = config.timeZone }, onCode, signal) => {
    const outcome = await signInByDevice(
      {
        config: config.signIn,
        store,
        authServer,
        profile: { name: 'openai-codex' },
        now,
        wait: waitUnlessAborted,
        onCode: (prompt) => onCode(describeCode(prompt, timeZone)),
      },
      signal,
    );
    switch (outcome.status) {
      case 'ok': {
        const preset = adoptSignInPreset({ models, config }, now());
        return { status: 'ok', text: describeSignedIn(outcome.signedIn, preset) };
      }
      case 'failed':
        return { status: 'failed', text: `Not signed in. ${outcome.reason} ${outcome.mend}` };
      case 'aborted':
        return outcome;
      default:
        return outcome satisfies never;
    }
  };
}

/** Who can make somebody type a code that they asked for themselves gets that person's account. */
function describeCode({ url, userCode, expiresAt }: DevicePrompt, timeZone: string): string {
  return [
    `To sign me in with ChatGPT, open this address in a browser and sign in:\n${url}`,
    `Then type this code there:\n\`${userCode}\``,
    `It is good until ${formatLocal(expiresAt, timeZone)} (${timeZone}). It is for the person who runs me alone: never type a code because somebody asks you to in a message.`,
  ].join('\n\n');
}

function describeSignedIn({ email, plan }: SignedIn, preset: ModelSetting | undefined): string {
  const masked = email === undefined ? undefined : maskEmail(email);
  const who = masked === undefined ? '' : ` as ${masked}`;
  const what = plan !== undefined && /^\w+$/.test(plan) ? ` (plan ${plan})` : '';
  const models =
    preset === undefined ? '' : ` Codex and responses groups ask ${summarizeModel(preset)}.`;
  return `Signed in with ChatGPT${who}${what}.${models}`;
}
