import { quote } from './shell-text.ts';
import { allCommands, type CompletedCommand } from './tree.ts';

/**
 * The part of a bash or zsh script that follows the words before the cursor: into which command they lead (`place`; zsh
 * has another use for `path`), which of its arguments comes next (`position`), and whether the last one waits for its
 * value. Both shells read it.
 */
export function walkScript(root: CompletedCommand, words: string, end: string): string {
  const commands = allCommands(root);
  const steps = commands.flatMap(({ path, commands: children }) =>
    children.map(
      (child) => `      ${quote(`${path} ${child.name}`)}) place=${quote(child.path)} ;;`,
    ),
  );
  const valued = commands.flatMap(({ path, options }) =>
    options
      .filter(({ values }) => values !== undefined)
      .flatMap(({ names }) => names.map((name) => quote(`${path} ${name}`))),
  );
  return `  local place=${quote(root.path)} waiting='' position=0 word
  for word in ${words}; do
    if [[ -n $waiting && $word == '=' ]]; then continue; fi
    if [[ -n $waiting && $word != -* ]]; then waiting=''; continue; fi
    waiting=''
    case "$place $word" in
${steps.join('\n')}
      ${valued.join('|')}) waiting=$word ;;
      *' -'*) ;;
      *) position=$((position + 1)) ;;
    esac
  done
  ${end}`;
}
