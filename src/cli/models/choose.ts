import type { Config } from '../../config.ts';
import type { Doubt } from '../../core/models/doubts.ts';
import { judgeChoice } from '../../core/models/judge-choice.ts';
import type { ModelSetting } from '../../core/models/model-setting.ts';
import type { RouteInput } from '../../core/models/routes.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createLineReader } from '../login/read-lines.ts';
import { readModelFacts } from './facts.ts';

/** What a person has asked for. */
export interface WantedModels {
  readonly model: string;
  readonly fallbacks: readonly string[];
  /** Whether nobody needs to be asked about doubts. */
  readonly isConfirmed: boolean;
}

/**
 * The setting that a person means, with normalized names. Doubts and changed names are told on stderr; grave
 * doubts have to be confirmed. Throws CliError when a name is no model's or does not fit the group, and when
 * nobody confirms; nothing has been changed then.
 */
export async function chooseModels(
  context: CliContext,
  config: Config,
  wanted: WantedModels,
  group: RouteInput['group'],
): Promise<ModelSetting> {
  const names = [wanted.model, ...wanted.fallbacks];
  const judged = judgeChoice(names, group, readModelFacts(context, config), context.now());
  if (!judged.ok) throw refused(judged.problems);
  for (const note of judged.notes) context.stderr(`Note: ${terminalText(note)}\n`);
  await settleDoubts(context, judged.doubts, wanted.isConfirmed);
  return judged.setting;
}

async function settleDoubts(
  context: CliContext,
  doubts: readonly Doubt[],
  isConfirmed: boolean,
): Promise<void> {
  for (const { text } of doubts) context.stderr(`Warning: ${terminalText(text)}\n`);
  if (isConfirmed || !doubts.some(({ isGrave }) => isGrave)) return;
  if (!context.isStdinTty) {
    throw new CliError(EXIT.usage, 'Nothing was changed. Add --yes to choose it all the same.');
  }
  if (!(await confirm(context, 'Choose it all the same? [y/N] '))) {
    throw new CliError(EXIT.failed, 'Nothing was changed.');
  }
}

async function confirm(context: CliContext, question: string): Promise<boolean> {
  context.stderr(question);
  using lines = createLineReader(context.stdin);
  const answer = (await lines.next(context.signal)) ?? '';
  return /^y(es)?$/i.test(answer.trim());
}

function refused(problems: readonly string[]): CliError {
  return new CliError(EXIT.usage, ['Nothing was changed:', ...problems].join('\n  '));
}
