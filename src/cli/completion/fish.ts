import { type FolderLister, quoteFish } from './shell-text.ts';
import { allCommands, type CompletedCommand, type CompletedOption, type Values } from './tree.ts';

/** A script for fish 3; a line for each thing that can be completed, with the place where it can. */
export function fishCompletion(root: CompletedCommand, folders: FolderLister): string {
  const commands = allCommands(root);
  const lines = commands.flatMap((command) => [
    ...placesOf(command),
    ...command.options.map((option) => optionLine(command.path, option)),
  ]);
  return `# Completion of deckhand for fish. Made by \`deckhand completion fish\`.
function __deckhand_groups
    ${quoteFish(folders.node)} ${quoteFish(folders.script)} 2>/dev/null
end

# Prints into which command the words before the cursor lead, and which of its arguments comes next.
function __deckhand_place
    set -l path ${quoteFish(root.path)}
    set -l position 0
    set -l waiting 0
    for word in (commandline -opc)[2..-1]
        if test $waiting = 1; and not string match -q -- '-*' $word
            set waiting 0
            continue
        end
        set waiting 0
        switch "$path $word"
${commands.flatMap(stepsOf).join('\n')}
            case ${valuedNames(commands).join(' ')}
                set waiting 1
            case '* -*'
            case '*'
                set position (math $position + 1)
        end
    end
    echo $path
    echo $position
end

function __deckhand_in
    set -l place (__deckhand_place)
    test "$place[1]" = $argv[1]
end

function __deckhand_at
    set -l place (__deckhand_place)
    test "$place[1]" = $argv[1]; and test "$place[2]" = $argv[2]
end

complete -c deckhand -f
${lines.join('\n')}
`;
}

function stepsOf({ path, commands }: CompletedCommand): string[] {
  return commands.map(
    (child) =>
      `            case ${quoteFish(`${path} ${child.name}`)}\n                set path ${quoteFish(child.path)}`,
  );
}

function valuedNames(commands: readonly CompletedCommand[]): string[] {
  return commands.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values !== undefined)
      .flatMap(({ names }) => names.map((name) => quoteFish(`${path} ${name}`))),
  );
}

function placesOf({ path, commands, arguments: args }: CompletedCommand): string[] {
  const children = commands.map(
    ({ name, summary }) =>
      `complete -c deckhand -n ${at(path, 0)} -a ${quoteFish(name)} -d ${quoteFish(summary)}`,
  );
  const values = args.flatMap((value, position) =>
    value.kind === 'free'
      ? []
      : [`complete -c deckhand -n ${at(path, position)} ${complete(value)}`],
  );
  return [...children, ...values];
}

function optionLine(path: string, { names, description, values }: CompletedOption): string {
  const spelled = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value = values === undefined ? '' : ` -r ${complete(values)}`;
  return `complete -c deckhand -n ${within(path)} ${spelled.join(' ')}${value} -d ${quoteFish(description)}`;
}

function within(path: string): string {
  return quoteFish(`__deckhand_in ${quoteFish(path)}`);
}

function at(path: string, position: number): string {
  return quoteFish(`__deckhand_at ${quoteFish(path)} ${position}`);
}

function complete(value: Values): string {
  switch (value.kind) {
    case 'free':
      return '-f';
    case 'choices':
      return `-f -a ${quoteFish(value.choices.join(' '))}`;
    case 'groups':
      return "-f -a '(__deckhand_groups)'";
    case 'files':
      return '-F';
    case 'folders':
      return "-f -a '(__fish_complete_directories)'";
    default:
      return value satisfies never;
  }
}
