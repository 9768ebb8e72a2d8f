import { html } from 'hono/html';
import type { Html } from './layout.ts';

export interface TokenBar {
  /** Read out; the bar itself has no room for it. */
  readonly name: string;
  readonly input: number;
  readonly output: number;
}

const HEIGHT = 120;

/** One bar per run, the oldest at the left: input below, output on top. */
export function tokenPlot(bars: readonly TokenBar[]): Html {
  const most = Math.max(0, ...bars.map(({ input, output }) => input + output));
  if (most === 0) return html``;
  const total = bars.reduce((sum, { input, output }) => sum + input + output, 0);
  const label = `Tokens of the runs below: ${formatCount(total)} in all, at most ${formatCount(most)} in one run`;
  const slot = 100 / bars.length;
  return html`<figure class="plot"><svg role="img" aria-label="${label}" width="100%" height="${HEIGHT + 2}">
${bars.map((one, index) => column(one, index * slot, slot, HEIGHT / most))}
<rect class="axis" x="0" y="${HEIGHT}" width="100%" height="1"/>
</svg><figcaption>${label}. <span class="key input">Input</span> <span class="key output">Output</span></figcaption></figure>`;
}

function column(
  { name, input, output }: TokenBar,
  left: number,
  slot: number,
  scale: number,
): Html {
  const [below, above] = [input * scale, output * scale];
  const place = html`x="${(left + slot * 0.15).toFixed(2)}%" width="${Math.min(6, slot * 0.7).toFixed(2)}%"`;
  return html`<g><title>${name}: ${formatCount(input)} in, ${formatCount(output)} out</title>
<rect class="input" ${place} y="${(HEIGHT - below).toFixed(1)}" height="${below.toFixed(1)}"/>
<rect class="output" ${place} y="${(HEIGHT - below - above).toFixed(1)}" height="${above.toFixed(1)}"/></g>`;
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
