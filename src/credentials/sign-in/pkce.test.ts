import { expect, test } from 'vitest';
import { challengeOf, createPkce, createState } from './pkce.ts';

test('the challenge is the one of RFC 7636, appendix B', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  expect(challengeOf(verifier)).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
});

test('verifier and state are 32 random bytes in base64url, new each time', () => {
  const { verifier, challenge } = createPkce();
  const texts = [verifier, createPkce().verifier, createState(), createState()];
  for (const text of texts) expect(text).toMatch(/^[\w-]{43}$/);
  expect(new Set(texts).size).toBe(4);
  expect(challenge).toBe(challengeOf(verifier));
});
