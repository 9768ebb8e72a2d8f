import { expect, test } from 'vitest';
import { maskEmail } from './masked-email.ts';

test.each([
  ['person@example.com', 'p…n@example.com'],
  ['a@example.org', 'a…a@example.org'],
  ['first.last+tag@mail.example.org', 'f…g@mail.example.org'],
  ['no address', undefined],
  ['*bold*@example.com', undefined],
  ['a@b@example.com', undefined],
  ['person@example.com\n@everybody', undefined],
  ['', undefined],
])('%j is shown as %j', (email, shown) => {
  expect(maskEmail(email)).toBe(shown);
});
