import type { Config } from '../../config.ts';
import { formatModelRef, normalizeModel, parseModelName } from '../../core/models/model-ref.ts';
import type { ModelSetting } from '../../core/models/model-setting.ts';
import { planRoutes, type RouteInput } from '../../core/models/routes.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { createLineReader } from '../login/read-lines.ts';
import { findDoubt } from './doubts.ts';
import { type ModelFacts, readModelFacts } from './facts.ts';
import { modelsAskedBy } from './own-models.ts';

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
  const [primary = '', ...fallbacks] = [wanted.model, ...wanted.fallbacks].map((name) =>
    readName(context, name),
  );
  const setting = fallbacks.length === 0 ? primary : { primary, fallbacks };
  const facts = readModelFacts(context, config);
  const plan = planRoutes({ group: { ...group, model: setting }, ...facts.effective });
  if (plan.problems.length > 0) throw refused(plan.problems);
  for (const note of plan.notes) context.stderr(`Note: ${terminalText(note)}\n`);
  await settleDoubts(
    context,
    facts,
    modelsAskedBy({ ...group, model: setting }),
    wanted.isConfirmed,
  );
  return setting;
}

function readName(context: CliContext, name: string): string {
  const parsed = parseModelName(name);
  if (!parsed.ok) throw refused([parsed.reason]);
  const ref = normalizeModel(parsed.ref);
  const full = formatModelRef(ref);
  if (ref.provider !== parsed.ref.provider) {
    context.stderr(
      `Note: ${terminalText(name)} is served by ChatGPT sign-ins, so ${full} it is.\n`,
    );
  }
  return full;
}

async function settleDoubts(
  context: CliContext,
  { catalog }: ModelFacts,
  names: readonly string[],
  isConfirmed: boolean,
): Promise<void> {
  const doubts = names.flatMap((name) => {
    const parsed = parseModelName(name);
    const doubt = parsed.ok ? findDoubt(catalog.find(parsed.ref), context.now()) : undefined;
    return doubt === undefined ? [] : [doubt];
  });
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
