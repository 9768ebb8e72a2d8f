import type { Now } from '../../clock.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { Jid } from '../../core/message.ts';
import type { Refusal } from '../command.ts';
import { type Rate, TokenBucket } from '../token-bucket.ts';

/** Far above what an agent needs to report; a flood would get the account banned. */
const MESSAGE_RATE: Rate = { burst: 60, perSecond: 1 };
/** What goes on for hours: six a minute, so that no chat is buried by its own agent. */
const LASTING_RATE: Rate = { burst: 300, perSecond: 0.1 };

export interface DestinationDeps {
  readonly groups: { get(jid: Jid): RegisteredGroup | undefined };
  readonly now: Now;
  /** How many messages of all kinds one group may send; more are refused with `rate_limited`. */
  readonly rate?: Rate;
}

/** Decides whether a group may send something to a chat now; undefined permits. */
export type MaySend = (group: RegisteredGroup, chatJid: Jid) => Refusal | undefined;

export interface DestinationRules {
  readonly mayName: MaySend;
  /** Counts towards the group's rate, as one message or as `countMessages` tells when it is let through; to be asked last. */
  readonly takeTurn: (group: RegisteredGroup, countMessages?: () => number) => Refusal | undefined;
}

/** The own chat, or from main any registered one, and not too often. */
export function createDestinationRules(deps: DestinationDeps): DestinationRules {
  const buckets = new Map<string, readonly TokenBucket[]>();
  const bucketsOf = (folder: string): readonly TokenBucket[] => {
    const rates = deps.rate === undefined ? [MESSAGE_RATE, LASTING_RATE] : [deps.rate];
    const known = buckets.get(folder) ?? rates.map((rate) => new TokenBucket(rate, deps.now));
    buckets.set(folder, known);
    return known;
  };
  return {
    mayName(group, chatJid) {
      if (chatJid === group.jid) return undefined;
      if (!group.isMain) {
        return {
          code: 'not_allowed',
          error: 'This group may send to its own chat only. Use its own chatJid.',
        };
      }
      if (deps.groups.get(chatJid)) return undefined;
      return {
        code: 'unknown_chat',
        error: 'No registered group has this chatJid. Use one of a registered group.',
      };
    },
    takeTurn({ folder }, countMessages = () => 1) {
      const own = bucketsOf(folder);
      const waitMs = takeAll(own);
      if (waitMs === 0) {
        const others = Math.max(0, countMessages() - 1);
        for (const bucket of own) bucket.charge(others);
        return undefined;
      }
      const seconds = Math.ceil(waitMs / 1000);
      return {
        code: 'rate_limited',
        error: `Too many messages at once. Send this one again in ${seconds} s.`,
      };
    },
  };
}

/** What the first one refuses does not count for the others. Milliseconds to wait, 0 for none. */
function takeAll(buckets: readonly TokenBucket[]): number {
  for (const bucket of buckets) {
    const waitMs = bucket.take();
    if (waitMs > 0) return waitMs;
  }
  return 0;
}
