import { displayWidth, fitToWidth } from '../core/terminal-text.ts';

/** Columns that every output keeps to, so that it looks the same in a terminal, a file and a chat. */
export const LINE_WIDTH = 80;

/**
 * Breaks a text at spaces into lines of `width` columns. A line that starts with `$ ` is a command: its
 * breaks get a backslash, so that it can still be copied. Words longer than a line stay whole.
 */
export function wrapText(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const isCommand = line.startsWith('$ ');
  const room = isCommand ? width - 2 : width;
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && displayWidth(current) + 1 + displayWidth(word) > room) {
      lines.push(isCommand ? `${current} \\` : current);
      current = isCommand ? `  ${word}` : word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Fills up with spaces or cuts, to exactly `width` columns. */
function padText(text: string, width: number): string {
  const fitted = fitToWidth(text, width);
  return fitted + ' '.repeat(Math.max(0, width - displayWidth(fitted)));
}

/** Rows with their first columns aligned, the last one free; two spaces between. */
export function alignRows(rows: readonly (readonly string[])[], maxColumn = 30): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(maxColumn, Math.max(...rows.map((row) => displayWidth(row[column] ?? '')))),
  );
  return rows.map((row) => alignRow(row, widths));
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  let line = '';
  for (const [column, cell] of row.entries()) {
    const isLast = column === row.length - 1;
    const left = LINE_WIDTH - displayWidth(line);
    line += isLast ? fitToWidth(cell, left) : `${padText(cell, widths[column] ?? 0)}  `;
  }
  return line.trimEnd();
}
