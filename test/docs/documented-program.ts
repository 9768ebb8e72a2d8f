import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { projectRoot } from './markdown.ts';

/** The whole command line as people have it, but with commands that do nothing. `write` gets what it prints. */
export function createDocumentedProgram(write: (text: string) => void = () => undefined): Command {
  const program = createProgram(
    {
      loadConfig: () => {
        throw new Error('no command runs here');
      },
      environment: {},
      projectRoot,
      stdout: write,
      stderr: () => undefined,
      isTty: false,
      stdin: Readable.from([]),
      isStdinTty: false,
      now: () => 0,
      signal: new AbortController().signal,
    },
    () => undefined,
  );
  for (const { command } of listCommands(program)) {
    if (command.commands.length === 0) command.action(() => undefined);
  }
  return program;
}

/** Every command that the help shows, with its words behind `deckhand`; a group of commands comes before its own. */
export function listCommands(program: Command): { words: string[]; command: Command }[] {
  const below = (parent: Command, words: string[]): { words: string[]; command: Command }[] =>
    parent
      .createHelp()
      .visibleCommands(parent)
      .filter((command) => command.name() !== 'help')
      .flatMap((command) => {
        const own = [...words, command.name()];
        return [{ words: own, command }, ...below(command, own)];
      });
  return below(program, []);
}
