import { formatInline, withoutBold } from './inline-marks.ts';
import { formatTable, isTableStart } from './table.ts';

const FENCE = /^\s*(`{3,}|~{3,})([^`]*)$/;
const LANGUAGE = /^[\w+#.-]*$/;
const HEADING = /^\s{0,3}#{1,6}\s+(\S.*)$/;
const RULE = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const BULLET = /^([\s>]*)[*+-]\s+(?:\[([ xX])\]\s+)?(\S.*)$/;

/**
 * A model's Markdown in WhatsApp's formatting: `*bold*`, `_italic_`, `~strike~`, code in one or three
 * backticks, `- ` bullets, headings in bold, links as `text (address)`, tables as bullets. Code keeps every
 * character but the language behind its fence. Text already in WhatsApp's formatting comes back unchanged.
 */
export function formatForWhatsApp(markdown: string): string {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n');
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const block = takeFence(lines, at) ?? takeTable(lines, at);
    out.push(...(block?.lines ?? [formatLine(line)]));
    at = block?.next ?? at + 1;
  }
  return out.join('\n').trim();
}

interface Block {
  lines: string[];
  next: number;
}

/** Takes a code block; one that is never closed reaches to the end and is closed there. */
function takeFence(lines: readonly string[], at: number): Block | undefined {
  const [, fence, info = ''] = FENCE.exec(lines[at] ?? '') ?? [];
  if (fence === undefined) return undefined;
  const close = lines.findIndex((line, index) => index > at && closes(line, fence));
  const end = close === -1 ? lines.length : close;
  const first = LANGUAGE.test(info.trim()) ? '```' : `\`\`\`${info}`;
  const last = close === -1 ? '```' : (lines[close] ?? '').trimEnd();
  const inner = lines.slice(at + 1, end);
  return { lines: [first, ...inner, isBareFence(last) ? '```' : last], next: end + 1 };
}

/** A fence alone on its line, or, as WhatsApp allows, at the end of the last line of code. */
function closes(line: string, fence: string): boolean {
  const text = line.trim();
  if (isBareFence(text)) return text.startsWith(fence);
  return fence === '```' && text.endsWith('```') && text.split('```').length === 2;
}

function isBareFence(text: string): boolean {
  return /^\s*(?:`{3,}|~{3,})\s*$/.test(text);
}

function takeTable(lines: readonly string[], at: number): Block | undefined {
  if (!isTableStart(lines[at] ?? '', lines[at + 1])) return undefined;
  let next = at + 2;
  while (lines[next]?.includes('|') && lines[next]?.trim() !== '') next += 1;
  return { lines: formatTable(lines.slice(at, next)), next };
}

function formatLine(line: string): string {
  const heading = HEADING.exec(line)?.[1];
  if (heading !== undefined) return formatHeading(heading);
  if (RULE.test(line)) return '———';
  const [, indent, box, item] = BULLET.exec(line) ?? [];
  if (item === undefined) return formatInline(line).trimEnd();
  const sign = box === undefined ? '' : box === ' ' ? '☐ ' : '☑ ';
  return `${indent ?? ''}- ${sign}${formatInline(item)}`.trimEnd();
}

function formatHeading(heading: string): string {
  const text = withoutBold(heading.replace(/\s#+\s*$/, '')).trim();
  return text === '' ? '' : `*${text}*`;
}
