import type { Hono } from 'hono';
import { html } from 'hono/html';
import type { LogEntry } from '../../host-log/log-entry.ts';
import { type ConsoleView, type PageContent, renderPage } from '../console-view.ts';
import { badge, type Tone } from '../html/badge.ts';
import { type Html, live } from '../html/layout.ts';
import { clockTime, localTime } from '../html/time.ts';
import { readLogTail } from '../log-tail.ts';

const LINES = 200;

/** pino's numbers by name. */
const LEVELS = [
  ['debug', 20],
  ['info', 30],
  ['warn', 40],
  ['error', 50],
] as const;

export function addLogPage(app: Hono, view: ConsoleView): void {
  app.get('/logs', (c) => {
    const level = LEVELS.find(([name]) => name === c.req.query('level')) ?? LEVELS[1];
    return renderPage(c, view, logPage(view, level));
  });
}

async function logPage(
  { deps: { logFolder, timeZone } }: ConsoleView,
  [name, minLevel]: (typeof LEVELS)[number],
): Promise<PageContent> {
  const lines = await readLogTail(logFolder, { count: LINES, minLevel });
  return {
    title: 'Log',
    body: html`${levelForm(name)}${live('log', 'log', logList(lines.toReversed(), timeZone))}`,
  };
}

function levelForm(chosen: string): Html {
  return html`<form class="filter" method="get" action="/logs"><label for="level">From level</label>
<select id="level" name="level">${LEVELS.map(([name]) => html`<option value="${name}"${name === chosen ? html` selected` : ''}>${name}</option>`)}</select>
<button type="submit">Show</button></form>`;
}

/** The newest first, so that nobody has to scroll for what has just happened. */
function logList(lines: readonly LogEntry[], timeZone: string): Html {
  const [newest] = lines;
  if (newest === undefined) {
    return html`<p class="empty">Nothing has been logged from this level on.</p>`;
  }
  return html`<p>${lines.length === 1 ? 'One line' : `The last ${lines.length} lines, the newest first`}; the newest of ${localTime(newest.time, timeZone)}. <code>deckhand logs</code> shows more.</p>
<ol class="log">${lines.map((line) => html`<li>${clockTime(line.time, timeZone)} ${levelBadge(line.level)} <span>${line.msg}</span>${logFields(line)}</li>`)}</ol>`;
}

function logFields({ fields }: LogEntry): Html {
  return Object.keys(fields).length === 0 ? html`` : html` <code>${JSON.stringify(fields)}</code>`;
}

function levelBadge(level: number): Html {
  const [name, tone] = nameLevel(level);
  return badge(tone, name);
}

function nameLevel(level: number): readonly [string, Tone] {
  if (level >= 50) return [level >= 60 ? 'fatal' : 'error', 'bad'];
  if (level >= 40) return ['warn', 'busy'];
  return [level >= 30 ? 'info' : 'debug', 'quiet'];
}
