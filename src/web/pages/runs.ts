import type { Hono } from 'hono';
import { html } from 'hono/html';
import { formatDuration } from '../../core/duration.ts';
import { createRunHistory, type RunSummary } from '../../db/run-history.ts';
import { type ConsoleView, type PageContent, renderOfHost } from '../console-view.ts';
import { stateBadge } from '../html/badge.ts';
import { live } from '../html/layout.ts';
import { table } from '../html/table.ts';
import { localTime } from '../html/time.ts';
import { formatCount, tokenPlot } from '../html/token-plot.ts';
import type { ServingHost } from '../ports.ts';

const LIST_LENGTH = 50;

export function addRunsPage(app: Hono, view: ConsoleView): void {
  app.get('/runs', (c) =>
    renderOfHost(c, view, 'Runs', (host) => runList(host, c.req.query('group'), view)),
  );
}

function runList(
  { db, registrations }: ServingHost,
  wanted: string | undefined,
  { deps }: ConsoleView,
): PageContent {
  const groups = registrations.all();
  const group = groups.find(({ folder }) => folder === wanted);
  const runs = createRunHistory(db).list(LIST_LENGTH, group?.folder);
  const names = new Map(groups.map(({ folder, name }) => [folder, name]));
  const list = table({
    caption: `The last ${LIST_LENGTH} runs`,
    columns: ['Begun', 'Group', 'For', 'State', 'Took', 'Model', 'Tokens'],
    rows: runs.map((run) => [
      html`<a href="/runs/${run.id}">${localTime(run.createdAt, deps.timeZone)}</a>`,
      names.get(run.folder) ?? run.folder,
      run.kind === 'task' ? 'a task' : 'messages',
      stateBadge(run.state),
      formatDuration((run.finishedAt ?? deps.now()) - run.createdAt),
      run.model ?? '–',
      formatCount(run.inputTokens + run.outputTokens),
    ]),
    empty: 'Nothing has been answered yet.',
  });
  return {
    title: 'Runs',
    body: html`<form class="filter" method="get" action="/runs"><label for="group">Group</label>
<select id="group" name="group"><option value="">all</option>${groups.map(({ folder, name }) => html`<option value="${folder}"${folder === group?.folder ? html` selected` : ''}>${name}</option>`)}</select>
<button type="submit">Show</button></form>
${live('runs', 'runs', html`${tokenPlot(runs.toReversed().map(toBar))}${list}`)}`,
  };

  function toBar(run: RunSummary) {
    return {
      name: names.get(run.folder) ?? run.folder,
      input: run.inputTokens,
      output: run.outputTokens,
    };
  }
}
