import { html } from 'hono/html';
import type { Html } from './layout.ts';

export type Tone = 'good' | 'bad' | 'busy' | 'quiet';

/** A state in a word: the colour only repeats what the word says. */
export function badge(tone: Tone, text: string): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

const TONES: Readonly<Record<string, Tone>> = {
  answered: 'good',
  done: 'good',
  acked: 'good',
  active: 'good',
  open: 'good',
  failed: 'bad',
  rejected: 'bad',
  stopped: 'bad',
  running: 'busy',
  waiting: 'busy',
  connecting: 'busy',
};

/** The state of a run, a task, a slot or a step as the database names it. */
export function stateBadge(state: string): Html {
  return badge(TONES[state] ?? 'quiet', state.replaceAll('_', ' '));
}
