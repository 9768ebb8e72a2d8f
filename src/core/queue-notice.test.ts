import { expect, test } from 'vitest';
import { queueNotice } from './queue-notice.ts';

test('one question ahead is told in the singular, more in the plural', () => {
  expect(queueNotice(1)).toBe(
    '1 question of another group is ahead of yours; I answer as soon as it is your turn.',
  );
  expect(queueNotice(7)).toMatch(/^7 questions of other groups are ahead of yours;/);
});
