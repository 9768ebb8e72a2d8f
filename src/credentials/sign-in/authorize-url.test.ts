import { expect, test } from 'vitest';
import { authorizeUrl } from './authorize-url.ts';

test('the page to sign in on is asked for with the exact parameters', () => {
  const config = { authUrl: 'https://auth.example', clientId: 'app_1', callbackPort: 1455 };
  const url = new URL(authorizeUrl(config, { state: 'st', challenge: 'ch' }));
  expect(`${url.origin}${url.pathname}`).toBe('https://auth.example/oauth/authorize');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    response_type: 'code',
    client_id: 'app_1',
    redirect_uri: 'http://localhost:1455/auth/callback',
    scope: 'openid profile email offline_access',
    code_challenge: 'ch',
    code_challenge_method: 'S256',
    id_token_add_organizations: 'true',
    codex_cli_simplified_flow: 'true',
    originator: 'deckhand',
    state: 'st',
  });
});
