import { expect, test } from 'vitest';
import { type RegisteredGroup, registeredGroupSchema } from '../core/group.ts';
import type { DoorSupport } from '../core/outlet.ts';
import { Outlets } from './outlets.ts';

const NONE: DoorSupport = { ok: false, reason: 'the engine has not been asked' };

function outletsOf(doors: DoorSupport, credentials: 'auto' | 'proxy' | 'mounted' = 'auto') {
  const egress = { policy: 'open', privateHosts: [] } as const;
  return new Outlets({ credentials, egress }, (folder) => `/doors/${folder}`, doors);
}

function makeGroup(fields: object = {}): RegisteredGroup {
  return registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a', ...fields });
}

/** All that is said of a group; never both a door and credentials of its own. */
function judge(outlets: Outlets, group: RegisteredGroup) {
  const { ok } = outlets.plan(group);
  return { ok, door: outlets.hasDoor(group), holds: outlets.mayHoldCredentials(group) };
}

test('a group that can use a door has the one of its folder, and no credential of its own', () => {
  const outlets = outletsOf({ ok: true });
  expect(judge(outlets, makeGroup())).toEqual({ ok: true, door: true, holds: false });
  expect(outlets.plan(makeGroup())).toEqual({
    ok: true,
    outlet: { kind: 'gateway', doorFolder: '/doors/a' },
  });
});

test('a group that cannot use a door has a network and holds its credential', () => {
  const outlets = outletsOf(NONE);
  expect(judge(outlets, makeGroup())).toEqual({ ok: true, door: false, holds: true });
  expect(outlets.plan(makeGroup())).toEqual({ ok: true, outlet: { kind: 'network' } });
});

test.each([
  ['its credentials are to stay outside', { containerConfig: { credentials: 'proxy' } }],
  ['its policy needs a door', { egress: { policy: 'model-only' } }],
])('a group that is refused because %s has neither', (_why, fields) => {
  const outlets = outletsOf(NONE);
  const group = makeGroup(fields);
  expect(judge(outlets, group)).toEqual({ ok: false, door: false, holds: false });
  expect(outlets.plan(group)).toEqual({ ok: false, reason: expect.stringContaining('of a ') });
});

test('what becomes known of doors holds for groups that were asked about before', () => {
  const outlets = outletsOf(NONE);
  const group = makeGroup({ egress: { policy: 'model-only' } });
  expect(judge(outlets, group)).toMatchObject({ ok: false });
  outlets.setDoors({ ok: true });
  expect(outlets.doors).toEqual({ ok: true });
  expect(judge(outlets, group)).toEqual({ ok: true, door: true, holds: false });
});

test('a group wins over the setting of the installation', () => {
  const outlets = outletsOf({ ok: true }, 'mounted');
  expect(judge(outlets, makeGroup())).toMatchObject({ door: false, holds: true });
  const own = makeGroup({ containerConfig: { credentials: 'proxy' } });
  expect(judge(outlets, own)).toMatchObject({ door: true, holds: false });
});
