import { html } from 'hono/html';
import { formatDuration } from '../../core/duration.ts';
import type { Html } from './layout.ts';

/** A stretch of time, in unix milliseconds. */
export interface Span {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly tone: 'wait' | 'start' | 'work' | 'send' | 'failed';
}

const ROW_HEIGHT = 40;
/** Percent of the width; what is shorter could not be seen. */
const MIN_WIDTH = 0.6;

/** Bars below each other on one scale of time. Lengths are percents, so that the words keep their size. */
export function timelinePlot(spans: readonly Span[]): Html {
  if (spans.length === 0) return html``;
  const start = Math.min(...spans.map(({ from }) => from));
  const end = Math.max(...spans.map(({ to }) => to));
  const scale = 100 / Math.max(1, end - start);
  const height = spans.length * ROW_HEIGHT;
  const summary = spans.map((span) => `${span.name} ${lengthOf(span)}`).join(', ');
  return html`<figure class="plot"><svg role="img" aria-label="${`Timeline: ${summary}`}" width="100%" height="${height}">
${spans.map((span, row) => bar(span, row, start, scale))}
</svg><figcaption>${formatDuration(end - start)} from the first to the last</figcaption></figure>`;
}

function bar(span: Span, row: number, start: number, scale: number): Html {
  const top = row * ROW_HEIGHT;
  const width = Math.max(MIN_WIDTH, (span.to - span.from) * scale);
  const left = Math.min(100 - width, (span.from - start) * scale);
  return html`<text x="0" y="${top + 14}">${span.name} · ${lengthOf(span)}</text>
<rect class="track" x="0" y="${top + 21}" width="100%" height="10" rx="5"/>
<rect class="${span.tone}" x="${left.toFixed(2)}%" y="${top + 21}" width="${width.toFixed(2)}%" height="10" rx="5"/>`;
}

function lengthOf({ from, to }: Span): string {
  return formatDuration(to - from);
}
