import type { Hono } from 'hono';
import { html } from 'hono/html';
import { formatDuration } from '../../core/duration.ts';
import type { AttemptFacts } from '../../core/story/facts.ts';
import { createRunHistory } from '../../db/run-history.ts';
import { readAttempts } from '../../db/story-run.ts';
import {
  type ConsoleView,
  notServing,
  type PageContent,
  renderPage,
  renderProblem,
} from '../console-view.ts';
import { stateBadge } from '../html/badge.ts';
import { type Html, live } from '../html/layout.ts';
import { factList, table } from '../html/table.ts';
import { clockTime, localTime } from '../html/time.ts';
import { timelinePlot } from '../html/timeline-plot.ts';
import { formatCount } from '../html/token-plot.ts';
import { type RunTimes, runSpans } from './run-spans.ts';
import { tellStoryOf } from './story-lookup.ts';
import { storyParts } from './story-parts.ts';

export function addRunPage(app: Hono, view: ConsoleView): void {
  app.get('/runs/:id', (c) => {
    const id = c.req.param('id');
    const { host } = view.state();
    if (host === undefined) return renderPage(c, view, notServing('Run'));
    const history = createRunHistory(host.db);
    const run = history.find(id);
    if (run === undefined) {
      return renderProblem(c, 404, 'No such run', 'There is no run with this id.');
    }
    const { timeZone } = view.deps;
    const now = view.deps.now();
    const times = {
      run,
      attempts: readAttempts(host.db, id),
      askedAt: history.askedAt(id),
      deliveredAt: history.deliveredAt(id),
      now,
    };
    const story = tellStoryOf(host, { kind: 'run', id }, now);
    const told = story === undefined ? html`` : storyParts(story, timeZone);
    return renderPage(c, view, oneRun(times, told, timeZone));
  });
}

function oneRun(times: RunTimes, story: Html, timeZone: string): PageContent {
  const { run, attempts, now } = times;
  const facts = factList([
    ['State', stateBadge(run.state)],
    ['Group', html`<a href="/groups/${run.folder}">${run.folder}</a>`],
    ['For', run.kind === 'task' ? 'a task' : 'messages'],
    ['Model', run.model ?? undefined],
    ['Begun', localTime(run.createdAt, timeZone)],
    ['Took', formatDuration((run.finishedAt ?? now) - run.createdAt)],
    ['Tokens in', formatCount(run.inputTokens)],
    ['Tokens out', formatCount(run.outputTokens)],
    ['Reason', run.reason ?? undefined],
  ]);
  return {
    title: `Run ${run.id.replace(/^run-/, '').slice(0, 8)}`,
    body: live(
      'run',
      'runs',
      html`${facts}<section aria-labelledby="time-title"><h2 id="time-title">Where the time went</h2>${timelinePlot(runSpans(times))}</section>
<section>${attemptTable(attempts, timeZone)}</section>${story}`,
    ),
  };
}

function attemptTable(attempts: readonly AttemptFacts[], timeZone: string): Html {
  return table({
    caption: 'Attempts',
    columns: [
      'Attempt',
      'Model',
      'Begun',
      'First sign of life',
      'Ended',
      'Outcome',
      'Tools',
      'Tokens',
    ],
    rows: attempts.map((one) => [
      one.attempt,
      one.model,
      clockTime(one.startedAt, timeZone),
      one.firstEventAt === null ? '–' : clockTime(one.firstEventAt, timeZone),
      one.endedAt === null ? '–' : clockTime(one.endedAt, timeZone),
      html`${stateBadge(one.outcome ?? 'running')}${one.class === null ? '' : ` ${one.class}`}`,
      one.tools,
      formatCount((one.inputTokens ?? 0) + (one.outputTokens ?? 0)),
    ]),
    empty: 'No model has been asked.',
  });
}
