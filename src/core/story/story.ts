import type { Jid } from '../message.ts';

/**
 * What a message or a run went through, in order:
 * `received` the author's phone sent it · `stored` · `trigger` does it ask? · `sender` may they? · `queued` ·
 * `run` claimed for a run · `attempt` one per attempt, with model · `container` · `working` first sign of life ·
 * `result` of an attempt · `denied` where its agent wanted to go and might not · `answer` put into the outbox · `sent` written to WhatsApp's server · `acked` by it
 */
export type StoryStepName =
  | 'received'
  | 'stored'
  | 'trigger'
  | 'sender'
  | 'queued'
  | 'run'
  | 'attempt'
  | 'container'
  | 'working'
  | 'result'
  | 'denied'
  | 'answer'
  | 'sent'
  | 'acked';

export interface StoryStep {
  readonly name: StoryStepName;
  /** Unix milliseconds; absent when it was not noted or has not happened. */
  readonly at?: number;
  /** `no` is an answer, not a failure: not addressed, not allowed. */
  readonly status: 'done' | 'no' | 'running' | 'waiting' | 'failed';
  /** For a person, in plain words; no message text. */
  readonly detail?: string;
}

/** Where it stands or how it ended. */
export interface Verdict {
  readonly status: 'answered' | 'waiting' | 'running' | 'failed' | 'not_asked' | 'unknown';
  /** One sentence that says so, and what to do when something is wrong. */
  readonly sentence: string;
}

export interface Story {
  readonly chatJid: Jid;
  readonly messageId?: string;
  readonly runId?: string;
  readonly steps: readonly StoryStep[];
  readonly verdict: Verdict;
}
