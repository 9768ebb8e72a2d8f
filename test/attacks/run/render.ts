import type { Latencies, RowResult } from './attack-row.ts';

/** Of the evidence, which JSON has whole. */
const SHOWN_CHARS = 300;

export interface AttackTotals {
  readonly tried: number;
  readonly stopped: number;
  readonly withstood: number;
  readonly worstRatio: number;
}

export function addUp(rows: readonly RowResult[]): AttackTotals {
  return {
    tried: rows.reduce((sum, { tried }) => sum + tried, 0),
    stopped: rows.reduce((sum, { stopped }) => sum + stopped, 0),
    withstood: rows.filter(({ isWithstood }) => isWithstood).length,
    worstRatio: Math.max(0, ...rows.map(({ ratio }) => ratio)),
  };
}

export function renderJson(rows: readonly RowResult[]): string {
  return `${JSON.stringify({ rows, total: addUp(rows) })}\n`;
}

export function renderRow({ id, attack, tried, stopped, isWithstood, ...row }: RowResult): string {
  const lines = [
    `${id} ${attack}: ${stopped} of ${tried} stopped${isWithstood ? '' : ', NOT WITHSTOOD'}`,
    `   ${row.evidence.slice(0, SHOWN_CHARS)}`,
    `   ${renderLatencies(row)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function renderLatencies(row: Latencies & Pick<RowResult, 'isRatioJudged'>): string {
  const quiet = `quiet groups' p99 ${row.quietP99Ms} ms, p95 ${row.quietP95Ms}, of ${row.quietQuestions} questions`;
  const attacked = `${row.attackP99Ms}, ${row.attackP95Ms}, of ${row.attackQuestions} during the attack`;
  return `${quiet}; ${attacked} (× ${row.ratio}${row.isRatioJudged ? '' : ', not judged'})`;
}

export function renderTotal(rows: readonly RowResult[]): string {
  const { withstood, tried, stopped } = addUp(rows);
  return `${withstood} of ${rows.length} rows withstood, ${stopped} of ${tried} attacks stopped\n`;
}
