import { roundHundredths } from './distribution.ts';
import type { Aim, Results } from './results.ts';

/** The results as lines for a terminal: every figure under its part, then the aims. */
export function renderTable(results: Results, aims: readonly Aim[]): string {
  const parts = Object.entries(results).map(
    ([part, figures]) => `${part}\n${renderFigures(figures)}`,
  );
  const judged = aims.map(renderAim).join('\n');
  return [...parts, ...(judged === '' ? [] : [`aims\n${judged}`])].join('\n\n');
}

function renderFigures(figures: object): string {
  return Object.entries(figures)
    .map(([name, value]) => `  ${name.padEnd(18)} ${renderValue(value)}`)
    .join('\n');
}

function renderValue(value: unknown): string {
  if (typeof value === 'number') return String(roundHundredths(value));
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${renderValue(inner)}`.padEnd(22))
    .join(' ')
    .trimEnd();
}

function renderAim({ figure, unit, value, aim, met }: Aim): string {
  const wanted = 'most' in aim ? `≤ ${aim.most}` : `≥ ${aim.least}`;
  const verdict = met ? 'met' : 'MISSED';
  return `  ${figure.padEnd(36)} ${String(roundHundredths(value)).padStart(8)} ${unit.padEnd(2)}  ${wanted.padEnd(6)}  ${verdict}`;
}
