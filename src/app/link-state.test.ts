import { expect, test } from 'vitest';
import { openDatabase } from '../db/database.ts';
import { findLinkState } from '../db/link-state.ts';
import { createLogger } from '../logger.ts';
import { rememberLink } from './link-state.ts';

const NOW = Date.UTC(2026, 11, 1);
const logger = createLogger('silent');

function openBase() {
  const db = openDatabase(':memory:');
  return { db, logger, now: () => NOW };
}

test('the last begin or end of the connection is kept, not the attempts between', () => {
  const base = openBase();
  expect(findLinkState(base.db)).toBeUndefined();
  rememberLink(base, { status: 'stopped', reason: 'r', mend: 'm', isOutdated: true });
  rememberLink(base, { status: 'connecting' });
  expect(findLinkState(base.db)).toEqual({
    status: 'stopped',
    at: NOW,
    reason: 'r',
    mend: 'm',
    isOutdated: true,
  });
  rememberLink(base, { status: 'open', ownJids: [] });
  rememberLink(base, { status: 'unlinked' });
  expect(findLinkState(base.db)).toEqual({ status: 'open', at: NOW });
});

test('a database that takes nothing does not end the connection', () => {
  const base = openBase();
  base.db.close();
  expect(() => rememberLink(base, { status: 'open', ownJids: [] })).not.toThrow();
});
