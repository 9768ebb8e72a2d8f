import { html } from 'hono/html';
import type { Html } from './layout.ts';

type Cell = Html | string | number;

export interface Table {
  /** Read to who cannot see it; shown above. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first cell of a row is its header. */
  readonly rows: readonly (readonly Cell[])[];
  /** A sentence for when there are none. */
  readonly empty: string;
}

/** Scrolls sideways on a narrow screen, and can be scrolled with the keyboard. */
export function table({ caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

/** Names and values; what has no value is left out. */
export function factList(facts: readonly (readonly [string, Cell | undefined])[]): Html {
  const known = facts.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
