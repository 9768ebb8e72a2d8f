import { describeRetirement } from '../../core/models/doubts.ts';
import type { Effort } from '../../core/models/effort.ts';
import { summarizeModel } from '../../core/models/model-setting.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { fitToWidth, terminalText } from '../../core/terminal-text.ts';
import { alignRows, LINE_WIDTH } from '../layout.ts';
import type { ModelFacts } from './facts.ts';
import type { UsedModel } from './usage.ts';

/** One line per model: name, status, context window, efforts; below it what else is to be said. */
export function describeModels(models: readonly UsedModel[], timeZone: string): string {
  const rows = models.map(({ name, status, entry }) => [
    terminalText(name),
    status,
    describeWindow(entry?.contextWindow),
    describeEfforts(entry?.efforts ?? []),
  ]);
  return alignRows(rows, 36)
    .flatMap((line, index) => {
      const model = models[index];
      return [line, ...(model ? describeRest(model, timeZone) : [])];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function describeWindow(tokens: number | undefined): string {
  return tokens === undefined ? '-' : `${Math.round(tokens / 1000)}k`;
}

/** `low…ultra`, or a dash for a model that does not reason. */
function describeEfforts(efforts: readonly Effort[]): string {
  const [first = '-', ...rest] = efforts;
  const last = rest.at(-1);
  return last === undefined ? first : `${first}…${last}`;
}

function describeRest(
  { usedBy, cooling, retirement, entry }: UsedModel,
  timeZone: string,
): string[] {
  const users = usedBy.map(({ folder, place }) => `${folder} (${place})`).join(', ');
  const lines = [
    ...(users === '' ? [] : [`asked by ${users}`]),
    ...(cooling
      ? [`not asked before ${formatLocal(cooling.until, timeZone)} (${cooling.class})`]
      : []),
    ...(retirement ? [describeRetirement(retirement)] : []),
    ...(entry?.clonedFrom === undefined ? [] : [`taken for ${terminalText(entry.clonedFrom)}`]),
  ];
  return lines.map((line) => fitToWidth(`    ${line}`, LINE_WIDTH));
}

/** The defaults in two lines. */
export function describeDefaults({ effective, stored }: ModelFacts): string {
  const { defaults, builtIn } = effective;
  const openai = defaults.openai ?? builtIn.codex;
  const from = stored.openai?.chosenBy === 'sign-in' && defaults.openai ? ' (by the sign-in)' : '';
  return (
    `Default of claude groups: ${terminalText(summarizeModel(defaults.claude ?? builtIn.claude))}\n` +
    `Default of codex and responses groups${from}: ${terminalText(summarizeModel(openai))}\n`
  );
}
