import { html } from 'hono/html';
import { formatLocal, toWallTime } from '../../core/schedule/local-time.ts';
import type { Html } from './layout.ts';

/** An instant in a zone, to the minute. `at` in unix milliseconds. */
export function localTime(at: number, timeZone: string): Html {
  return html`<time datetime="${new Date(at).toISOString()}">${formatLocal(at, timeZone)}</time>`;
}

/** Only the clock, to the second. */
export function clockTime(at: number, timeZone: string): Html {
  const clock = new Date(toWallTime(at, timeZone)).toISOString().slice(11, 19);
  return html`<time datetime="${new Date(at).toISOString()}">${clock}</time>`;
}
