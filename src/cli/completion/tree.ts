import type { Argument, Command, Option } from 'commander';

/** What the words of a place are: nothing that could be guessed, a fixed list, or looked up when asked. */
export type Values =
  | { readonly kind: 'free' }
  | { readonly kind: 'choices'; readonly choices: readonly string[] }
  | { readonly kind: 'groups' | 'files' | 'folders' };

export interface CompletedOption {
  /** As typed, e.g. `--json`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Absent when it takes none. */
  readonly values?: Values;
}

export interface CompletedCommand {
  /** With spaces between, e.g. `deckhand groups list`. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly options: readonly CompletedOption[];
  /** By position; the last one of a variadic command stands for all that follow. */
  readonly arguments: readonly Values[];
  readonly commands: readonly CompletedCommand[];
}

/** Describes a program as its help shows it: what is hidden there is not completed. */
export function describeCommand(command: Command, above = ''): CompletedCommand {
  const help = command.createHelp();
  const path = `${above}${command.name()}`;
  const commands = help
    .visibleCommands(command)
    .map((child) =>
      child.name() === 'help' ? describeHelp(command, path) : describeCommand(child, `${path} `),
    );
  return {
    path,
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map(describeOption),
    arguments: command.registeredArguments.map(valuesOfArgument),
    commands,
  };
}

/** `help` takes the name of a command beside it. */
function describeHelp(of: Command, path: string): CompletedCommand {
  const names = of
    .createHelp()
    .visibleCommands(of)
    .map((child) => child.name());
  const choices = names.filter((name) => name !== 'help');
  return {
    path: `${path} help`,
    name: 'help',
    summary: 'show help for a command',
    options: [],
    arguments: [{ kind: 'choices', choices }],
    commands: [],
  };
}

function describeOption(option: Option): CompletedOption {
  const names = [option.short, option.long].filter((name) => name !== undefined);
  const takesValue = option.required || option.optional;
  return {
    names,
    description: option.description,
    ...(takesValue ? { values: valuesOfOption(option) } : {}),
  };
}

function valuesOfOption({ flags, long, argChoices }: Option): Values {
  if (argChoices !== undefined) return { kind: 'choices', choices: argChoices };
  const valueName = /[<[]([^>\]]+)[>\]]/.exec(flags)?.[1] ?? '';
  if (long === '--group' && ['folder', 'group'].includes(valueName)) return { kind: 'groups' };
  // The folder that a new group is to have, of which none is there yet.
  if (long === '--folder') return { kind: 'free' };
  return valuesByName(valueName);
}

function valuesOfArgument(argument: Argument): Values {
  if (argument.argChoices !== undefined) return { kind: 'choices', choices: argument.argChoices };
  return argument.name() === 'group' ? { kind: 'groups' } : valuesByName(argument.name());
}

/** By the name that stands for the value in the help. */
function valuesByName(name: string): Values {
  if (['file', 'path'].includes(name)) return { kind: 'files' };
  return { kind: name === 'folder' ? 'folders' : 'free' };
}

/** A command and all below it. */
export function allCommands(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
