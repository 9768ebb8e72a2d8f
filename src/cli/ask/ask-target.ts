import type { Provider } from '@deckhand/protocol';
import { type AskTarget, chooseTarget } from '../../core/ask/target.ts';
import { TERMINAL_FOLDER, terminalGroup } from '../../core/ask/terminal-group.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { findGroup } from '../groups/registry.ts';

export interface AskOptions {
  readonly group?: string | undefined;
  readonly model?: string | undefined;
  readonly provider?: Provider | undefined;
}

/** The group and agent that a question goes to. Throws when the options do not fit each other. */
export function findTarget(groups: GroupMap, options: AskOptions): AskTarget {
  const chosen = chooseTarget(chooseGroup(groups, options), options);
  if (chosen.ok) return chosen.target;
  throw new CliError(EXIT.usage, chosen.reason);
}

function chooseGroup(groups: GroupMap, { group, provider }: AskOptions): RegisteredGroup {
  if (group !== undefined) return findGroup(groups, group);
  const all = [...groups.values()];
  const main = all.find((one) => one.isMain);
  if (main !== undefined) return main;
  if (!all.some((one) => one.folder === TERMINAL_FOLDER))
    return terminalGroup(provider ?? 'claude');
  throw new CliError(
    EXIT.usage,
    'There is no main group; say with --group which group the question is for.',
  );
}
