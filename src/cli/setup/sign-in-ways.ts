import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CodexWay } from '../login/chatgpt.ts';
import type { Choice } from './ask.ts';
import type { SetupOptions } from './options.ts';

export type OpenaiWay = CodexWay | { kind: 'api_key' };

/** The way that an option names. */
export function readGivenWay(options: SetupOptions): OpenaiWay | undefined {
  if (options.apiKeyStdin) return { kind: 'api_key' };
  if (options.device) return { kind: 'device' };
  if (options.browser) return { kind: 'browser', mayOpen: true };
  if (options.import === undefined) return undefined;
  return { kind: 'import', ...(options.import === true ? {} : { path: options.import }) };
}

interface Desk {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly userHome: string;
}

type Ways = readonly [Choice<OpenaiWay>, ...Choice<OpenaiWay>[]];

/** All ways to sign in, the one that fits this machine first. */
export function suggestWays(desk: Desk): Ways {
  const browser: Choice<OpenaiWay> = {
    value: { kind: 'browser', mayOpen: true },
    label: 'with ChatGPT, in a browser on this machine',
  };
  const device: Choice<OpenaiWay> = {
    value: { kind: 'device' },
    label: 'with ChatGPT, by a code that you type in a browser anywhere',
  };
  const paste: Choice<OpenaiWay> = {
    value: { kind: 'paste' },
    label: 'with ChatGPT, in a browser anywhere, whose last address you paste here',
  };
  const key: Choice<OpenaiWay> = { value: { kind: 'api_key' }, label: 'with an API key of OpenAI' };
  const isHere = hasDesktop(desk);
  const rest = [paste, ...importChoice(desk.userHome), key];
  return isHere ? [browser, device, ...rest] : [device, browser, ...rest];
}

function importChoice(userHome: string): Choice<OpenaiWay>[] {
  if (!existsSync(join(userHome, '.codex', 'auth.json'))) return [];
  return [{ value: { kind: 'import' }, label: 'take over the sign-in of the Codex CLI' }];
}

/** Over SSH the browser of this machine is of no use to the person. */
export function hasDesktop({ environment, platform }: Omit<Desk, 'userHome'>): boolean {
  if (environment['SSH_CONNECTION']) return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}
