import type { TargetResult } from './fuzz.ts';
import type { Finding } from './investigation.ts';

export interface FuzzResult {
  readonly seed: number;
  readonly seconds: number;
  readonly results: readonly TargetResult[];
}

/** The command that tries the input of a finding again. */
function commandOf({ target, input }: Finding): string {
  return `npm run fuzz -- --target ${target} --input ${input.toString('base64url')}`;
}

export function renderJson({ seed, seconds, results }: FuzzResult): string {
  const targets = results.map(({ target, tried, slowest, finding }) => ({
    target,
    tried,
    slowestMs: Math.round(slowest.cpuMs * 10) / 10,
    slowestIndex: slowest.index,
    ...(finding === undefined ? {} : { problem: finding.problem, again: commandOf(finding) }),
  }));
  const inputs = countOf(results);
  const broken = results.filter(({ finding }) => finding !== undefined).length;
  return `${JSON.stringify({ seed, seconds, inputs, perSecond: Math.round(inputs / seconds), broken, targets })}\n`;
}

export function renderText({ seed, seconds, results }: FuzzResult): string {
  const inputs = countOf(results);
  const lines = [
    `${inputs} inputs from seed ${seed} in ${Math.round(seconds)} s, ${Math.round(inputs / seconds)} a second`,
    ...results.flatMap(({ target, tried, slowest, finding }) => [
      `${target}: ${tried} tried, the slowest ${slowest.cpuMs.toFixed(1)} ms (number ${slowest.index})`,
      ...(finding === undefined ? [] : describe(finding)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function describe(finding: Finding): string[] {
  const { seed, index, problem, input } = finding;
  const from = index === undefined ? '' : ` (number ${index} of seed ${seed}, made smaller)`;
  return [
    `  ${problem}`,
    `  ${JSON.stringify(input.toString('utf8').slice(0, 300))}${from}`,
    `  again: ${commandOf(finding)}`,
  ];
}

function countOf(results: readonly TargetResult[]): number {
  return results.reduce((sum, { tried }) => sum + tried, 0);
}
