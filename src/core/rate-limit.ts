import type { RegisteredGroup } from './group.ts';
import { type RateLimit, readRate } from './rate.ts';
import { formatLocal } from './schedule/local-time.ts';

/** What is undefined is not limited. */
export interface RateLimits {
  /** Of each person in a chat. */
  readonly sender?: RateLimit | undefined;
  /** Of a chat as a whole. */
  readonly group?: RateLimit | undefined;
}

const MINUTE_MS = 60_000;

/** Those of the registration, else those of the installation. */
export function limitsOf({ limits }: RegisteredGroup, defaults: RateLimits): RateLimits {
  return {
    sender: limits?.sender === undefined ? defaults.sender : readRate(limits.sender),
    group: limits?.group === undefined ? defaults.group : readRate(limits.group),
  };
}

/**
 * When a question may be asked again, unix milliseconds; undefined when it may now. `askedAt` are the times of the
 * questions that were taken, of which those count that lie within a window before `at`.
 */
export function nextAllowedAt(
  { count, windowMs }: RateLimit,
  askedAt: readonly number[],
  at: number,
): number | undefined {
  const counted = askedAt.filter((time) => time > at - windowMs && time <= at);
  if (counted.length < count) return undefined;
  const leaving = counted.toSorted((one, other) => one - other)[counted.length - count];
  return (leaving ?? at) + windowMs;
}

/** What a chat is told once in a window: one sentence with when the next question is taken (unix milliseconds, told as the minute after). */
export function rateNotice(
  whose: keyof RateLimits,
  { count }: RateLimit,
  until: number,
  timeZone: string,
): string {
  const questions = `${count} ${count === 1 ? 'question' : 'questions'}`;
  const who = whose === 'sender' ? 'you have' : 'this chat has';
  return `That was faster than I may answer: ${who} asked ${questions} already, so ask again from ${formatLocal(until + MINUTE_MS - 1, timeZone)} on.`;
}
