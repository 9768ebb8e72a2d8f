import { html } from 'hono/html';
import { formatDuration } from '../../core/duration.ts';
import type { Run } from '../../db/runs.ts';
import { badge } from '../html/badge.ts';
import type { Html } from '../html/layout.ts';

/** What a group is doing. `now` in unix milliseconds. */
export function groupWork(run: Run | undefined, isWaiting: boolean, now: number): Html {
  if (run === undefined) return isWaiting ? badge('busy', 'waiting') : badge('quiet', 'idle');
  const model = run.model === null ? '' : ` with ${run.model}`;
  const more = isWaiting ? ', more waiting' : '';
  return html`${badge('busy', 'running')} <a href="/runs/${run.id}">${formatDuration(Math.max(0, now - run.createdAt))}</a>${model}${more}`;
}
