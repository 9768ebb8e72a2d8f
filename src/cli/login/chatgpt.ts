import { join, resolve } from 'node:path';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { terminalText } from '../../core/terminal-text.ts';
import type { RedeemCodeDeps } from '../../credentials/sign-in/redeem-code.ts';
import type { SignedIn, SignInOutcome } from '../../credentials/sign-in/sign-in-outcome.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import { findCodexProfile, openCredentials } from './credentials.ts';

/** How a person signs in with ChatGPT. */
export type CodexWay =
  | { kind: 'browser'; mayOpen: boolean }
  | { kind: 'device' }
  | { kind: 'paste' }
  /** Without a path: the Codex CLI's own file. */
  | { kind: 'import'; path?: string };

type FlowDeps = RedeemCodeDeps & {
  readonly config: Awaited<ReturnType<typeof openCredentials>>['config'];
};

/** Signs in and says as whom. Throws a CliError when it did not come to that; then nothing has changed. */
export async function signInToChatgpt(
  context: CliContext,
  way: CodexWay,
  group: string | undefined,
): Promise<void> {
  const profile = await findCodexProfile(context, group);
  const deps = { ...(await openCredentials(context)), profile, now: context.now };
  const outcome = await runFlow(context, way, deps);
  switch (outcome.status) {
    case 'ok':
      context.stdout(describeSignedIn(outcome.signedIn, group));
      return group === undefined ? applyPreset(context) : undefined;
    case 'failed':
      throw new CliError(EXIT.failed, `${outcome.reason} ${outcome.mend}`);
    case 'aborted':
      throw new CliError(
        EXIT.interrupted,
        'Stopped before anybody had signed in. Nothing was changed.',
      );
    default:
      outcome satisfies never;
  }
}

/** The models that such a sign-in can ask become the default, unless a person has chosen others. */
async function applyPreset(context: CliContext): Promise<void> {
  const { applySignInPreset } = await import('../models/apply-preset.ts');
  const note = applySignInPreset(context);
  if (note !== undefined) context.stdout(`${wrapText(note, LINE_WIDTH).join('\n')}\n`);
}

function runFlow(context: CliContext, way: CodexWay, deps: FlowDeps): Promise<SignInOutcome> {
  switch (way.kind) {
    case 'browser':
      return inBrowser(context, way.mayOpen, deps);
    case 'device':
      return byDevice(context, deps);
    case 'paste':
      return byPaste(context, deps);
    case 'import':
      return fromFile(context, way.path, deps);
    default:
      return way satisfies never;
  }
}

async function inBrowser(
  { stdout, environment, signal }: CliContext,
  mayOpen: boolean,
  deps: FlowDeps,
): Promise<SignInOutcome> {
  const { signInWithBrowser } = await import('../../credentials/sign-in/browser-sign-in.ts');
  const { openBrowser } = await import('../../credentials/sign-in/open-browser.ts');
  const onUrl = (url: string) => {
    stdout(`Sign in with a browser on this machine, at this address:\n\n${url}\n\n`);
    stdout('Waiting for the browser. From another machine use --device or --paste instead.\n');
    if (mayOpen) openBrowser(url, environment);
  };
  return signInWithBrowser({ ...deps, config: deps.config.signIn, onUrl }, signal);
}

async function byDevice({ stdout, signal }: CliContext, deps: FlowDeps): Promise<SignInOutcome> {
  const { signInByDevice } = await import('../../credentials/sign-in/device-sign-in.ts');
  const { waitUnlessAborted } = await import('../../wait.ts');
  const { signIn, timeZone } = deps.config;
  return signInByDevice(
    {
      ...deps,
      config: signIn,
      wait: waitUnlessAborted,
      onCode({ url, userCode, expiresAt }) {
        stdout(`Open this address in a browser anywhere, and sign in:\n\n  ${url}\n\n`);
        stdout(`Then type this code there:\n\n  ${userCode}\n\n`);
        stdout(`It is good until ${formatLocal(expiresAt, timeZone)}. Give it to nobody.\n`);
      },
    },
    signal,
  );
}

async function byPaste(
  { stdout, stderr, stdin, signal }: CliContext,
  deps: FlowDeps,
): Promise<SignInOutcome> {
  const { signInByPaste } = await import('../../credentials/sign-in/paste-sign-in.ts');
  const { createLineReader } = await import('./read-lines.ts');
  using lines = createLineReader(stdin);
  return await signInByPaste(
    {
      ...deps,
      config: deps.config.signIn,
      onUrl(url) {
        stdout(`Sign in with a browser anywhere, at this address:\n\n${url}\n\n`);
        stdout('At the end the browser cannot show a page. Paste its address here:\n');
      },
      readLine: (stop) => lines.next(stop),
      onUselessLine: ({ reason }) => stderr(`${terminalText(reason)} Paste the whole address.\n`),
    },
    signal,
  );
}

async function fromFile(
  { stderr, signal }: CliContext,
  path: string | undefined,
  deps: FlowDeps,
): Promise<SignInOutcome> {
  const { importSignIn } = await import('../../credentials/sign-in/import-sign-in.ts');
  const source =
    path === undefined ? join(deps.config.userHome, '.codex', 'auth.json') : resolve(path);
  const onWarning = (sentence: string) => stderr(`${terminalText(sentence)}\n`);
  return importSignIn({ ...deps, path: source, onWarning }, signal);
}

function describeSignedIn({ email, plan, accountId }: SignedIn, group: string | undefined): string {
  const who = terminalText(email ?? `account ${accountId}`);
  const what = plan === undefined ? '' : ` (plan ${terminalText(plan)})`;
  const where = group === undefined ? '' : ` for the group ${terminalText(group)} alone`;
  return `Signed in with ChatGPT as ${who}${what}${where}.\n`;
}
