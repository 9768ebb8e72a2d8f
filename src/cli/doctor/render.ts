import { styleText } from 'node:util';
import { terminalText } from '../../core/terminal-text.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import type { Finding } from './finding.ts';

const STATUS_WIDTH = 9;
const CHECK_WIDTH = 15;
const INDENT = STATUS_WIDTH + CHECK_WIDTH;
const COLOURS = { ok: 'green', mended: 'green', warning: 'yellow', problem: 'red' } as const;

/** The findings in aligned columns of 80 in all, what to do below each, and a last line that counts. */
export function renderFindings(findings: readonly Finding[], hasColours: boolean): string {
  const lines = findings.flatMap((finding) => renderFinding(finding, hasColours));
  return `${lines.join('\n')}\n\n${summarize(findings)}\n`;
}

function renderFinding(finding: Finding, hasColours: boolean): string[] {
  const { check, detail, mend, fixed } = finding;
  const status = fixed === undefined ? finding.status : 'mended';
  const todo = fixed === undefined ? mend : `Done: ${fixed}.`;
  const padded = status.padEnd(STATUS_WIDTH);
  const head = hasColours ? styleText(COLOURS[status], padded, { validateStream: false }) : padded;
  const [first = '', ...rest] = wrap(detail, LINE_WIDTH - INDENT);
  return [
    `${head}${check.padEnd(CHECK_WIDTH)}${first}`,
    ...rest.map(indent),
    ...(todo === undefined ? [] : wrap(todo, LINE_WIDTH - INDENT - 2).map(markMend)),
  ];
}

function wrap(text: string, width: number): string[] {
  return wrapText(text.split('\n').map(terminalText).join('\n'), width);
}

function indent(line: string): string {
  return ' '.repeat(INDENT) + line;
}

function markMend(line: string, index: number): string {
  return indent(`${index === 0 ? '> ' : '  '}${line}`);
}

function summarize(findings: readonly Finding[]): string {
  const open = findings.filter(({ fixed }) => fixed === undefined);
  const problems = open.filter(({ status }) => status === 'problem').length;
  const warnings = open.filter(({ status }) => status === 'warning').length;
  const mended = findings.length - open.length;
  const did = mended === 0 ? '' : `${mended} mended. `;
  if (problems === 0 && warnings === 0) return `${did}All is well.`;
  return `${did}${count(problems, 'problem')}, ${count(warnings, 'warning')}.`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
