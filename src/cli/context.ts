import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { Now } from '../clock.ts';
import type { Config } from '../config.ts';
import { terminalJson } from '../core/terminal-text.ts';
import { type HostPaths, hostPaths } from '../paths.ts';
import type { ExitCode } from './exit-code.ts';

/** Everything that the commands know of the world around them. */
export interface CliContext {
  /** Reads the configuration when a command needs it. Throws ConfigError. */
  readonly loadConfig: () => Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Folder with the program's sources. */
  readonly projectRoot: string;
  /** Write as given; the text brings its own newlines. */
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Whether a person sees standard output. */
  readonly isTty: boolean;
  /** What a person types or a pipe brings; touched by commands that read it only. */
  readonly stdin: Readable;
  /** Whether a person types on standard input. */
  readonly isStdinTty: boolean;
  /** Columns of the terminal behind standard error, where there is one. */
  readonly columns?: () => number | undefined;
  readonly now: Now;
  /** Aborts when the program is asked to stop. */
  readonly signal: AbortSignal;
}

/** Tells how the command ended; called once per command. */
export type Finish = (code: ExitCode) => void;

/** The installation's paths, also when the configuration cannot be read. */
export function installationPaths(context: CliContext): HostPaths {
  return hostPaths(resolve(context.environment['DECKHAND_HOME'] || context.projectRoot));
}

/** Colours only for a person, and not for one who has said no (https://no-color.org). */
export function hasColours(context: CliContext): boolean {
  return context.isTty && !context.environment['NO_COLOR'];
}

export function writeJson(context: CliContext, value: unknown): void {
  context.stdout(`${terminalJson(JSON.stringify(value, undefined, 2))}\n`);
}
