import { describeRetirement } from '../../core/models/doubts.ts';
import { isRetired } from '../../core/models/entry.ts';
import { parseModelName } from '../../core/models/model-ref.ts';
import { summarizeModel } from '../../core/models/model-setting.ts';
import { CHATGPT_PRESET } from '../../core/models/preset.ts';
import { adoptSignInPreset } from '../../models/sign-in-preset.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { readModelFacts } from './facts.ts';
import { changeModels } from './store.ts';

/**
 * After a sign-in with ChatGPT: its preset becomes the default of codex and responses groups, unless a person
 * chose, here or by CODEX_MODEL. A sentence or two for the person who signed in; undefined when nothing was
 * changed. A database that cannot be written does not undo a sign-in: then the note says so.
 */
export function applySignInPreset(context: CliContext): string | undefined {
  const config = context.loadConfig();
  try {
    const setting = changeModels(context, (models) =>
      adoptSignInPreset({ models, config }, context.now()),
    );
    if (setting === undefined) return undefined;
    const facts = readModelFacts(context, config);
    return `Codex and responses groups ask ${summarizeModel(setting)}.${retirementNote(context, facts)}`;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `The default models were left as they are. ${error.message}`;
  }
}

function retirementNote(
  context: CliContext,
  { catalog }: ReturnType<typeof readModelFacts>,
): string {
  const parsed = parseModelName(CHATGPT_PRESET.setting.primary);
  const retirement = parsed.ok ? catalog.find(parsed.ref).retirement : undefined;
  if (retirement === undefined || !isRetired(retirement, context.now())) return '';
  return (
    ` The first is ${describeRetirement(retirement)}: if it does not answer, the next one is asked. ` +
    '`deckhand models set` chooses others.'
  );
}

/** After a sign-out: takes the preset back, and leaves what a person chose. Undefined when there was none. */
export function removeSignInPreset(context: CliContext): string | undefined {
  try {
    const facts = readModelFacts(context, context.loadConfig());
    if (facts.stored.openai?.chosenBy !== 'sign-in') return undefined;
    changeModels(context, (models) => models.removeDefault('openai'));
    return 'The default models of the sign-in no longer count.';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `The default models were left as they are. ${error.message}`;
  }
}
