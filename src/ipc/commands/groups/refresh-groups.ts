import { refreshGroupsCommandSchema } from '@deckhand/protocol';
import type { Now } from '../../../clock.ts';
import { type Command, defineStagedCommand, type Refusal } from '../../command.ts';
import { type Rate, TokenBucket } from '../../token-bucket.ts';

export interface RefreshGroupsDeps {
  /** Asks WhatsApp for its groups and stores their names; false when it cannot be asked now. */
  readonly refreshGroups: (signal: AbortSignal) => Promise<boolean>;
  /** How many chats are known. */
  readonly countGroups: () => number;
  /** Resolves when the groups that may be seen are told anew. */
  readonly onGroupsChanged: () => Promise<void>;
  readonly now: Now;
  readonly rate?: Rate;
}

/** Every request is a query to WhatsApp, which bans those who ask too much. */
const REFRESH_RATE: Rate = { burst: 3, perSecond: 1 / 60 };

/** `refresh_groups`, main only: the names of all groups as WhatsApp has them now. */
export function createRefreshGroupsCommand(deps: RefreshGroupsDeps): Command {
  const bucket = new TokenBucket(deps.rate ?? REFRESH_RATE, deps.now);
  return defineStagedCommand({
    type: 'refresh_groups',
    schema: refreshGroupsCommandSchema,
    authorize: (group) => (group.isMain ? undefined : MAIN_ONLY),
    async stage(_group, _request, signal) {
      if (bucket.take() > 0) return { ok: false, ...TOO_OFTEN };
      const isFresh = await deps.refreshGroups(signal);
      return isFresh ? { ok: true, staged: undefined } : { ok: false, ...UNAVAILABLE };
    },
    apply: () => ({ knownGroups: deps.countGroups() }),
    afterwards: () => deps.onGroupsChanged(),
  });
}

const MAIN_ONLY: Refusal = {
  code: 'not_allowed',
  error: 'Only the main group may ask for the groups.',
};
const TOO_OFTEN: Refusal = {
  code: 'rate_limited',
  error: 'The groups were asked for a moment ago. See available_groups.json.',
};
const UNAVAILABLE: Refusal = {
  code: 'unavailable',
  error: 'WhatsApp cannot be asked right now. available_groups.json holds what is known.',
};
