import type { Now } from '../../clock.ts';
import type { RegisteredGroup } from '../../core/group.ts';
import type { Jid } from '../../core/message.ts';
import type { Refusal } from '../command.ts';
import { type Rate, TokenBucket } from '../token-bucket.ts';

/** Far above what an agent needs to report; a flood would get the account banned. */
const MESSAGE_RATE: Rate = { burst: 60, perSecond: 1 };

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
  /** Counts towards the group's rate; to be asked last. */
  readonly takeTurn: (group: RegisteredGroup) => Refusal | undefined;
}

/** The own chat, or from main any registered one, and not too often. */
export function createDestinationRules(deps: DestinationDeps): DestinationRules {
  const buckets = new Map<string, TokenBucket>();
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
    takeTurn({ folder }) {
      const bucket = buckets.get(folder) ?? new TokenBucket(deps.rate ?? MESSAGE_RATE, deps.now);
      buckets.set(folder, bucket);
      const waitMs = bucket.take();
      if (waitMs === 0) return undefined;
      const seconds = Math.ceil(waitMs / 1000);
      return {
        code: 'rate_limited',
        error: `Too many messages at once. Send this one again in ${seconds} s.`,
      };
    },
  };
}
