import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJwtClaims, readJwtExpiry } from './jwt-claims.ts';

const encode = (text: string) => Buffer.from(text).toString('base64url');
const jwt = (claims: unknown) => `${encode('{"alg":"none"}')}.${encode(JSON.stringify(claims))}.`;
const account = (fields: object) => ({ 'https://api.openai.com/auth': fields });

test('account, plan and e-mail come out of the claims', () => {
  const claims = account({ chatgpt_account_id: 'acct', chatgpt_plan_type: 'plus' });
  expect(readJwtClaims(jwt({ ...claims, email: 'a@b.c' }))).toEqual({
    status: 'ok',
    claims: { accountId: 'acct', plan: 'plus', email: 'a@b.c' },
  });
  expect(readJwtClaims(jwt(account({ chatgpt_account_id: 'acct' })))).toEqual({
    status: 'ok',
    claims: { accountId: 'acct' },
  });
});

test('letters of base64url that plain base64 does not have are read', () => {
  const token = jwt({ ...account({ chatgpt_account_id: 'acct' }), email: 'ÿþ?>~¿@b.c' });
  expect(token.split('.')[1]).toMatch(/[-_]/);
  expect(readJwtClaims(token)).toMatchObject({ claims: { email: 'ÿþ?>~¿@b.c' } });
});

test.each([
  ['one part', 'abc', 'is not a JWT'],
  ['padding', 'YQ==.YQ==.', 'is not a JWT'],
  ['an opaque token', 'sk-proj-1', 'is not a JWT'],
  ['claims that are no JSON', `a.${encode('{"exp":')}.c`, 'claims are not JSON'],
  ['claims that are no object', jwt('text'), 'unusable claim'],
  ['no claim of the account', jwt({ email: 'a@b.c' }), 'chatgpt_account_id'],
  ['an empty account', jwt(account({ chatgpt_account_id: '' })), 'chatgpt_account_id'],
])('a token with %s is malformed and says why', (_, token, reason) => {
  expect(readJwtClaims(token)).toEqual({
    status: 'malformed',
    reason: expect.stringContaining(reason),
  });
});

test('the expiry is read from a token without an account, and from nothing that is no JWT', () => {
  expect(readJwtExpiry(jwt({ exp: 12 }))).toBe(12_000);
  expect(readJwtExpiry(jwt({ exp: 12.0005 }))).toBe(12_000);
  expect(readJwtExpiry(jwt({}))).toBeUndefined();
  expect(readJwtExpiry(jwt({ exp: 1e300 }))).toBeUndefined();
  expect(readJwtExpiry(jwt({ exp: 'soon' }))).toBeUndefined();
  expect(readJwtExpiry('opaque')).toBeUndefined();
});

test('whatever a token is, reading it gives an outcome and never repeats the token', () => {
  const parts = fc.array(fc.oneof(fc.base64String(), fc.json().map(encode), fc.string()));
  fc.assert(
    fc.property(parts, (drawn) => {
      const token = drawn.join('.');
      const outcome = readJwtClaims(token);
      if (outcome.status === 'ok') return;
      expect(outcome.reason).toMatch(/^(is|has|lacks) /);
      if (token.length > 40) expect(outcome.reason).not.toContain(token);
    }),
  );
});
