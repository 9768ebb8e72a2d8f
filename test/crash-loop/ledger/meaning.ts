import { findTokens } from './tokens.ts';
import type { Visible } from './visible.ts';

/** What a message of the assistant says. */
export type Meaning =
  | { readonly kind: 'answer'; readonly tokens: readonly string[]; readonly runId: string }
  /** A later part of a long answer. */
  | { readonly kind: 'more'; readonly runId: string }
  /** What an agent asked for by a file of its mailbox. */
  | { readonly kind: 'request'; readonly token: string }
  | { readonly kind: 'slot'; readonly token: string; readonly planned: string }
  /** Slots were left out or have failed. */
  | { readonly kind: 'task_notice'; readonly tokens: readonly string[] }
  /** A question could not be answered. */
  | { readonly kind: 'failure'; readonly quotedId: string }
  /** How many wait before. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'unexplained' };

const ANSWER = /^Answer to (?<tokens>.*) by (?<runId>run-\w+-\d+)\./;
const MORE = /^More of (?<runId>run-\w+-\d+)\./;
const REQUEST = /^(?:Message|File) (?<token>[MF]\d+) of /;
const SLOT = /^Task (?<token>S\d+) of (?<planned>.+) by run-/;
const TASK_NOTICE = /^(?:My scheduled task|I could not run these scheduled tasks)/;
const QUEUE = /ahead of yours/;

/** Read from the text alone: the fake agents write what can be recognised, the host's own sentences quote. */
export function readMeaning({ text, quotedId }: Pick<Visible, 'text' | 'quotedId'>): Meaning {
  const answer = ANSWER.exec(text)?.groups;
  if (answer !== undefined) {
    const { tokens = '', runId = '' } = answer;
    return { kind: 'answer', tokens: findTokens(tokens, 'T'), runId };
  }
  const more = MORE.exec(text)?.groups;
  if (more !== undefined) return { kind: 'more', runId: more['runId'] ?? '' };
  const request = REQUEST.exec(text)?.groups;
  if (request !== undefined) return { kind: 'request', token: request['token'] ?? '' };
  const slot = SLOT.exec(text)?.groups;
  if (slot !== undefined) {
    return { kind: 'slot', token: slot['token'] ?? '', planned: slot['planned'] ?? '' };
  }
  if (TASK_NOTICE.test(text)) return { kind: 'task_notice', tokens: findTokens(text, 'S') };
  if (QUEUE.test(text)) return { kind: 'queue' };
  return quotedId === undefined ? { kind: 'unexplained' } : { kind: 'failure', quotedId };
}
