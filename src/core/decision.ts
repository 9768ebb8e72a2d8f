import { z } from 'zod';

/**
 * Why a stored message asks for an answer or does not.
 * - `name`, `mention`, `reply`, `always`: it asks, by the trigger word, a mention of us, a reply to us, or because the
 *   group needs no trigger
 * - `not_addressed`, `empty`: it does not ask
 * - `not_allowed`: it would ask, but its sender may not; it is kept as context
 * - `rate_limited`: it would ask, but more was asked than its sender or its chat may; it is kept as context
 * - `dropped`: its sender may not, and nothing but its identity and time is kept
 * - `stale`: it would ask, but it came in too late to be answered
 * - `command`: it is for the host itself
 */
export const messageDecisionSchema = z.enum([
  'name',
  'mention',
  'reply',
  'always',
  'not_addressed',
  'empty',
  'not_allowed',
  'rate_limited',
  'dropped',
  'stale',
  'command',
]);
export type MessageDecision = z.infer<typeof messageDecisionSchema>;

/** A message that waits for an answer once it is stored. */
export type AskingDecision = Extract<MessageDecision, 'name' | 'mention' | 'reply' | 'always'>;

export function isAsking(decision: MessageDecision): decision is AskingDecision {
  switch (decision) {
    case 'name':
    case 'mention':
    case 'reply':
    case 'always':
      return true;
    case 'not_addressed':
    case 'empty':
    case 'not_allowed':
    case 'rate_limited':
    case 'dropped':
    case 'stale':
    case 'command':
      return false;
    default:
      return decision satisfies never;
  }
}
