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
  | { readonly kind: 'slot_failed'; readonly token: string; readonly planned: string }
  /** Slots of these tasks were left out. */
  | { readonly kind: 'slots_left_out'; readonly tokens: readonly string[] }
  /** A question could not be answered. */
  | { readonly kind: 'failure'; readonly quotedId: string }
  /** How many wait before. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'unexplained' };

const ANSWER = /^Answer to (?<tokens>.*) by (?<runId>run-\w+-\d+)\./;
const MORE = /^More of (?<runId>run-\w+-\d+)\./;
const REQUEST = /^(?:Message|File) (?<token>[MF]\d+) of /;
const SLOT = /^Task (?<token>S\d+) of (?<planned>.+) by run-/;
const SLOT_FAILED =
  /^My scheduled task “(?<token>S\d+)[^”]*” of (?<planned>\w+ [\d-]+ [\d:]+) failed because /;
const LEFT_OUT =
  /^(?:My scheduled task “[^”]*” is still busy with its run|I could not run these scheduled tasks)/;
const FAILURE = /^(?:I could not answer|I stopped working|I worked on this but|I was interrupted)/;
const QUEUE =
  /^(?:1 question of another group is|\d+ questions of other groups are) ahead of yours/;

/** Read from the text alone: the fake agents write what can be recognised, the host's own sentences begin alike. */
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
  const failed = SLOT_FAILED.exec(text)?.groups;
  if (failed !== undefined) {
    return { kind: 'slot_failed', token: failed['token'] ?? '', planned: failed['planned'] ?? '' };
  }
  if (LEFT_OUT.test(text)) return { kind: 'slots_left_out', tokens: findTokens(text, 'S') };
  if (QUEUE.test(text)) return { kind: 'queue' };
  return quotedId === undefined || !FAILURE.test(text)
    ? { kind: 'unexplained' }
    : { kind: 'failure', quotedId };
}
