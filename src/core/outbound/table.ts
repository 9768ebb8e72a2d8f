import { formatInline, withoutBold } from './inline-marks.ts';

const DIVIDER = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** Whether these two lines begin a Markdown table: a row with bars, then the divider below it. */
export function isTableStart(line: string, next: string | undefined): boolean {
  return line.includes('|') && next !== undefined && next.includes('|') && DIVIDER.test(next);
}

/**
 * One bullet per row, since columns cannot line up in a chat's proportional font:
 * `- *Alice*: 3` for two columns, `- *Alice* — Wins: 3, Losses: 1` for more.
 */
export function formatTable(lines: readonly string[]): string[] {
  const [header, , ...rows] = lines.map(cellsOf);
  return rows.map((cells) => formatRow(header ?? [], cells));
}

function formatRow(header: readonly string[], cells: readonly string[]): string {
  const [first = '', ...rest] = cells;
  const title = first === '' ? '' : `*${withoutBold(first)}*`;
  if (rest.length === 0) return `- ${title}`;
  if (rest.length === 1 && header.length <= 2) return `- ${title}: ${formatInline(rest[0] ?? '')}`;
  const fields = rest
    .map((cell, index) => ({
      name: withoutBold(header[index + 1] ?? ''),
      cell: formatInline(cell),
    }))
    .filter(({ cell }) => cell !== '')
    .map(({ name, cell }) => (name === '' ? cell : `${name}: ${cell}`));
  return `- ${[title, fields.join(', ')].filter((part) => part !== '').join(' — ')}`;
}

function cellsOf(line: string): string[] {
  const bare = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return bare.split(/(?<!\\)\|/).map((cell) => cell.replaceAll('\\|', '|').trim());
}
