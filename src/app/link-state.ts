import { storeLinkState } from '../db/link-state.ts';
import type { ChannelState } from '../ports.ts';
import type { AppBase } from './base.ts';

/** Keeps how the connection began or ended, for commands that are run when the host has ended. */
export function rememberLink(
  { db, logger, now }: Pick<AppBase, 'db' | 'logger' | 'now'>,
  state: ChannelState,
): void {
  try {
    if (state.status === 'open') storeLinkState(db, { status: 'open', at: now() });
    if (state.status !== 'stopped') return;
    const { status, reason, mend, isOutdated = false } = state;
    storeLinkState(db, { status, at: now(), reason, mend, isOutdated });
  } catch (error) {
    logger.warn({ err: error }, 'state of the link not stored');
  }
}
