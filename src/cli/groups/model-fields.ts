import type { RegisteredGroup } from '../../core/group.ts';
import { builtInModels } from '../../core/models/built-in.ts';
import type { ModelSetting } from '../../core/models/model-setting.ts';
import { planRoutes } from '../../core/models/routes.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { chooseModels } from '../models/choose.ts';
import type { GroupOptions } from './options.ts';

/**
 * The model that the options ask for, as a field of the registration; no field without such an option. `group`
 * is the registration with all its other changes. Doubts have to be confirmed as in `deckhand models set`.
 */
export async function readModelField(
  context: CliContext,
  { model, fallback, yes }: GroupOptions,
  group: RegisteredGroup,
): Promise<{ readonly model?: ModelSetting }> {
  if (model === undefined) {
    if (fallback === undefined) return {};
    throw new CliError(EXIT.usage, 'Say with --model what is asked before the --fallback.');
  }
  const wanted = { model, fallbacks: fallback ?? [], isConfirmed: yes === true };
  return { model: await chooseModels(context, context.loadConfig(), wanted, group) };
}

/** What to do when no model of the group's own fits who answers there now; empty when all is well. */
export function misfitNote(group: RegisteredGroup): string {
  if (group.model === undefined) return '';
  const { routes, problems } = planRoutes({ group, defaults: {}, builtIn: builtInModels({}) });
  if (routes.length > 0) return '';
  const folder = terminalText(group.folder);
  return (
    `${problems.map(terminalText).join('\n')}\nUntil then it cannot answer. ` +
    `\`deckhand models reset --group ${folder}\` goes back to the default.\n`
  );
}
