import { type FolderLister, quote } from './shell-text.ts';
import { allCommands, type CompletedCommand, type Values } from './tree.ts';
import { walkScript } from './walk.ts';

/** A script for bash from 3.2 on, which macOS still has. */
export function bashCompletion(root: CompletedCommand, folders: FolderLister): string {
  return `# Completion of deckhand for bash. Made by \`deckhand completion bash\`.
_deckhand_words() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$@" -- "$_deckhand_current")
}

_deckhand_files() {
  type compopt >/dev/null 2>&1 && compopt -o filenames 2>/dev/null
  _deckhand_words "$@"
}

_deckhand_groups() {
  _deckhand_words -W "$(${quote(folders.node)} ${quote(folders.script)} 2>/dev/null)"
}

_deckhand() {
  local _deckhand_current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  # bash takes --option=value apart at the sign.
  if [[ $_deckhand_current == '=' ]]; then _deckhand_current=''; fi
${walkScript(root, '"${COMP_WORDS[@]:1:COMP_CWORD-1}"', values(root))}
}

complete -F _deckhand deckhand
`;
}

/** What fits, by where the words before have led. */
function values(root: CompletedCommand): string {
  const commands = allCommands(root);
  const waiting = commands.flatMap(({ path, options }) =>
    options.flatMap((option) =>
      option.values === undefined || option.values.kind === 'free'
        ? []
        : [
            `      ${option.names.map((name) => quote(`${path} ${name}`)).join('|')}) ${complete(option.values)} ;;`,
          ],
    ),
  );
  const names = commands.map(
    ({ path, options }) =>
      `      ${quote(path)}) ${complete({ kind: 'choices', choices: options.flatMap((option) => option.names) })} ;;`,
  );
  const places = commands.flatMap((command) => placesOf(command));
  return `if [[ -n $waiting ]]; then
    case "$place $waiting" in
${waiting.join('\n')}
    esac
  elif [[ $_deckhand_current == -* ]]; then
    case "$place" in
${names.join('\n')}
    esac
  else
    case "$place $position" in
${places.join('\n')}
    esac
  fi`;
}

function placesOf({ path, commands, arguments: args }: CompletedCommand): string[] {
  const first: Values[] =
    commands.length > 0
      ? [{ kind: 'choices', choices: commands.map(({ name }) => name) }]
      : [...args];
  return first.flatMap((value, position) =>
    value.kind === 'free' ? [] : [`      ${quote(`${path} ${position}`)}) ${complete(value)} ;;`],
  );
}

function complete(value: Values): string {
  switch (value.kind) {
    case 'free':
      return ':';
    case 'choices':
      return `_deckhand_words -W ${quote(value.choices.join(' '))}`;
    case 'groups':
      return '_deckhand_groups';
    case 'files':
      return '_deckhand_files -f';
    case 'folders':
      return '_deckhand_files -d';
    default:
      return value satisfies never;
  }
}
