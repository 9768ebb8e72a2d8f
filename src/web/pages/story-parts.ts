import { html } from 'hono/html';
import { formatDuration } from '../../core/duration.ts';
import type { Story, StoryStep, StoryStepName } from '../../core/story/story.ts';
import { badge, type Tone } from '../html/badge.ts';
import type { Html } from '../html/layout.ts';
import { clockTime } from '../html/time.ts';

const NAMES: Readonly<Record<StoryStepName, string>> = {
  received: 'Sent by its author',
  stored: 'Stored',
  trigger: 'Does it ask?',
  sender: 'May its sender ask?',
  queued: 'Queued',
  run: 'Run',
  attempt: 'Attempt',
  container: 'Container',
  working: 'First sign of life',
  result: 'Result',
  denied: 'Might not reach',
  answer: 'Answer',
  sent: 'Sent',
  acked: 'Confirmed by WhatsApp',
};

const TONES: Readonly<Record<StoryStep['status'], Tone>> = {
  done: 'good',
  no: 'quiet',
  running: 'busy',
  waiting: 'busy',
  failed: 'bad',
};

/** What a message or run went through, step by step, and where it stands. */
export function storyParts({ steps, verdict }: Story, timeZone: string): Html {
  const times = steps.map(({ at }) => at);
  return html`<section aria-labelledby="story-title"><h2 id="story-title">What happened</h2>
<p class="verdict ${verdict.status}">${verdict.sentence}</p>
<ol class="story">${steps.map((step, index) => storyStep(step, times.slice(0, index), timeZone))}</ol></section>`;
}

function storyStep(
  { name, at, status, detail }: StoryStep,
  earlier: readonly (number | undefined)[],
  timeZone: string,
): Html {
  const before = earlier.findLast((time) => time !== undefined);
  const passedMs = at === undefined || before === undefined ? 0 : at - before;
  const passed = passedMs > 0 ? `+${formatDuration(passedMs)}` : '';
  return html`<li><span class="when">${at === undefined ? '' : clockTime(at, timeZone)} <small>${passed}</small></span>
<span class="what">${badge(TONES[status], status)} <strong>${NAMES[name]}</strong>${detail === undefined ? '' : html` <span>${detail}</span>`}</span></li>`;
}
