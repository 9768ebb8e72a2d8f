import type { Kill } from './ledger/ledger.ts';
import { findFaults, type LoopResult, type Problem } from './result.ts';

const MAX_PROBLEMS = 20;

/** The result for people. */
export function renderResult(result: LoopResult): string {
  const { killsByPoint, pointsMissed, kills, agentKills, seed, seconds, mutation, ...figures } =
    result;
  const points = Object.entries(killsByPoint)
    .sort(([, a], [, b]) => b - a)
    .map(([at, count]) => `${at} ${count}`);
  return [
    `${kills} hosts and ${agentKills} agents killed in ${seconds} s, seed ${seed}${mutation === undefined ? '' : `, mutation ${mutation}`}`,
    ...Object.entries(figures).map(([name, value]) => `  ${name.padEnd(14)} ${value}`),
    `  killed at      ${points.join(', ')}`,
    ...(pointsMissed.length === 0 ? [] : [`  never at       ${pointsMissed.join(', ')}`]),
    '',
  ].join('\n');
}

/** What went wrong, and how to see it again. */
export function renderProblems(
  result: LoopResult,
  problems: readonly Problem[],
  kills: readonly Kill[],
): string {
  const shown = problems.slice(0, MAX_PROBLEMS).flatMap(({ title, story }) => {
    return [`- ${title}`, ...story.map((line) => `    ${line}`)];
  });
  const more = problems.length - MAX_PROBLEMS;
  const { seed, mutation } = result;
  const extra = mutation === undefined ? '' : ` --mutate ${mutation}`;
  return [
    `Not as it should be: ${findFaults(result).join(', ')}.`,
    ...shown,
    ...(more > 0 ? [`- and ${more} more`] : []),
    `Kills: ${kills.map(({ life, at }) => `${life} ${at}`).join(', ')}`,
    `The same plan again: npm run crash-loop -- --kills ${kills.length} --seed ${seed}${extra}`,
    '',
  ].join('\n');
}
