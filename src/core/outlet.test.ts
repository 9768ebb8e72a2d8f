import { expect, test } from 'vitest';
import type { RegisteredGroup } from './group.ts';
import { decideOutlet, type OutletSettings } from './outlet.ts';

const HERE: OutletSettings = { credentials: 'auto', doors: { ok: true }, egress: 'open' };
const NOT_HERE = {
  doors: { ok: false, reason: 'Docker Desktop shares no sockets' },
} as const;

function outlet(
  settings: Partial<OutletSettings> = {},
  group: Pick<RegisteredGroup, 'egress' | 'containerConfig'> = {},
) {
  return decideOutlet({ folder: 'family', ...group }, { ...HERE, ...settings });
}

test('credentials stay outside where containers can reach the door, and are mounted where not', () => {
  expect(outlet()).toEqual({ ok: true, kind: 'gateway' });
  expect(outlet(NOT_HERE)).toEqual({ ok: true, kind: 'network' });
});

test('a group says for itself where its credentials are', () => {
  expect(outlet({}, { containerConfig: { credentials: 'mounted' } })).toMatchObject({
    kind: 'network',
  });
  const proxy = { containerConfig: { credentials: 'proxy' } } as const;
  expect(outlet({ credentials: 'mounted' }, proxy)).toMatchObject({ kind: 'gateway' });
});

test('what cannot be kept outside is refused and not mounted in silence', () => {
  expect(outlet({ ...NOT_HERE, credentials: 'proxy' })).toEqual({
    ok: false,
    reason:
      'The credentials of family are to stay outside of its container, but Docker Desktop shares no sockets: set credentials to "mounted" for it, or CREDENTIALS=auto in .env.',
  });
});

test.each(['allowlist', 'model-only'] as const)(
  'the policy %s is enforced by the door or the group is not served',
  (policy) => {
    const group = { egress: { policy } };
    expect(outlet({}, group)).toMatchObject({ kind: 'gateway' });
    expect(outlet({ egress: policy })).toMatchObject({ kind: 'gateway' });
    for (const settings of [NOT_HERE, { credentials: 'mounted' } as const]) {
      expect(outlet(settings, group)).toMatchObject({
        ok: false,
        reason: expect.stringContaining(`"${policy}" of family cannot be enforced`),
      });
      expect(outlet({ ...settings, egress: policy })).toMatchObject({ ok: false });
    }
  },
);
