import { expect, test } from 'vitest';
import { MIB } from '../core/byte-size.ts';
import { registeredGroupSchema } from '../core/group.ts';
import { quotaOf } from './watch-disk.ts';

test("a group's own quota wins over the installation's, which holds for a run of an unknown group too", () => {
  const parts = { jid: '1@g.us', name: 'x', folder: 'x' };
  const own = registeredGroupSchema.parse({ ...parts, containerConfig: { diskMb: 500 } });
  expect(quotaOf(own, 64)).toBe(500 * MIB);
  expect(quotaOf(registeredGroupSchema.parse(parts), 64)).toBe(64 * MIB);
  expect(quotaOf(undefined, 64)).toBe(64 * MIB);
});
