import { type FolderLister, quote } from './shell-text.ts';
import { allCommands, type CompletedCommand, type Values } from './tree.ts';
import { walkScript } from './walk.ts';

/** A script for zsh, to be sourced or to lie as `_deckhand` in a folder of `$fpath`. */
export function zshCompletion(root: CompletedCommand, folders: FolderLister): string {
  return `#compdef deckhand
# Completion of deckhand for zsh. Made by \`deckhand completion zsh\`.
_deckhand_groups() {
  local -a found
  found=(\${(f)"$(${quote(folders.node)} ${quote(folders.script)} 2>/dev/null)"})
  compadd -a found
}

_deckhand() {
  local -a found
${walkScript(root, '"${(@)words[2,CURRENT-1]}"', values(root))}
}

if [[ $funcstack[1] == _deckhand ]]; then _deckhand "$@"; else compdef _deckhand deckhand; fi
`;
}

function values(root: CompletedCommand): string {
  const commands = allCommands(root);
  const valued = commands.flatMap(({ path, options }) =>
    options.flatMap(({ names, values: value }) =>
      value === undefined || value.kind === 'free'
        ? []
        : names.map((name) => ({ place: `${path} ${name}`, name, value })),
    ),
  );
  const waiting = valued.map(({ place, value }) => `      ${quote(place)}) ${complete(value)} ;;`);
  const joined = valued.map(
    ({ place, name, value }) =>
      `      ${quote(`${place}=`)}*) compset -P ${quote(`${name}=`)}; ${complete(value)} ;;`,
  );
  const names = commands.map(
    ({ path, options }) =>
      `      ${quote(path)}' -'*) ${describe(options.flatMap(describedNames), '-o ')} ;;`,
  );
  return `if [[ -n $waiting ]]; then
    case "$place $waiting" in
${waiting.join('\n')}
    esac
  elif [[ $words[CURRENT] == -* ]]; then
    case "$place $words[CURRENT]" in
${[...joined, ...names].join('\n')}
    esac
  else
    case "$place $position" in
${commands.flatMap(placesOf).join('\n')}
    esac
  fi`;
}

function placesOf({ path, commands, arguments: args }: CompletedCommand): string[] {
  if (commands.length > 0) {
    const described = commands.map(({ name, summary }): [string, string] => [name, summary]);
    return [`      ${quote(`${path} 0`)}) ${describe(described, '')} ;;`];
  }
  return args.map(
    (value, position) => `      ${quote(`${path} ${position}`)}) ${complete(value)} ;;`,
  );
}

function describedNames(option: CompletedCommand['options'][number]): [string, string][] {
  return option.names.map((name) => [name, option.description]);
}

/** With `-o ` zsh takes them for options, which it offers after a dash alone. */
function describe(words: readonly (readonly [string, string])[], kind: '' | '-o '): string {
  const items = words.map(([word, about]) => quote(`${word}:${about}`));
  return `found=(${items.join(' ')}); _describe ${kind}deckhand found`;
}

function complete(value: Values): string {
  switch (value.kind) {
    case 'free':
      return ':';
    case 'choices':
      return `compadd -- ${value.choices.map(quote).join(' ')}`;
    case 'groups':
      return '_deckhand_groups';
    case 'files':
      return '_files';
    case 'folders':
      return '_files -/';
    default:
      return value satisfies never;
  }
}
