import type { RegisteredGroup } from '../core/group.ts';
import type { InboundMessage, Jid, QuotedMessage } from '../core/message.ts';
import type { RateLimit } from '../core/rate.ts';
import { limitsOf, nextAllowedAt, type RateLimits, rateNotice } from '../core/rate-limit.ts';
import type { QuestionTimes } from '../db/question-times.ts';

export interface LimitRateDeps {
  readonly questionTimes: QuestionTimes;
  /** Where a registration does not say. */
  readonly rateLimits: RateLimits;
  readonly timeZoneOf: (chatJid: Jid) => string;
  readonly tell: (
    chatJid: Jid,
    text: string,
    origin: string,
    options?: { quoted?: QuotedMessage },
  ) => void;
}

/** Why a question is not taken. */
export interface Excess {
  /** Says it to the chat, once in a window and to each person; within the transaction that stores the message. */
  readonly tell: () => void;
}

export type LimitRate = (message: InboundMessage, group: RegisteredGroup) => Excess | undefined;

/**
 * Holds everybody to what may be asked. Counted by the server's times of what was taken, so that it is the same
 * after a restart, and questions that waited while the host was away are no flood. The account itself is not limited.
 */
export function createLimitRate(deps: LimitRateDeps): LimitRate {
  return (message, group) => {
    if (message.isFromMe) return undefined;
    const { sender, group: whole } = limitsOf(group, deps.rateLimits);
    return excessOf(deps, message, 'sender', sender) ?? excessOf(deps, message, 'group', whole);
  };
}

function excessOf(
  deps: LimitRateDeps,
  message: InboundMessage,
  whose: keyof RateLimits,
  limit: RateLimit | undefined,
): Excess | undefined {
  if (limit === undefined) return undefined;
  const until = nextAllowedAt(limit, timesOf(deps, message, whose, limit), message.sentAt);
  if (until === undefined) return undefined;
  const { chatJid, senderJid, sentAt, id, text } = message;
  const person = whose === 'sender' ? `:${senderJid}` : '';
  const origin = `rate:${chatJid}${person}:${Math.floor(sentAt / limit.windowMs)}`;
  const notice = rateNotice(whose, limit, until, deps.timeZoneOf(chatJid));
  return { tell: () => deps.tell(chatJid, notice, origin, { quoted: { id, senderJid, text } }) };
}

function timesOf(
  { questionTimes }: LimitRateDeps,
  message: InboundMessage,
  whose: keyof RateLimits,
  { count, windowMs }: RateLimit,
): number[] {
  const { chatJid, sentAt } = message;
  const stretch = { after: sentAt - windowMs, until: sentAt, limit: count };
  return whose === 'sender'
    ? questionTimes.ofSender(message, stretch)
    : questionTimes.inChat(chatJid, stretch);
}
