import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { describeBaseUrl } from './base-url.ts';

const settings = (baseUrl: string, auth: 'chatgpt' | 'api_key') =>
  parse(describeBaseUrl(baseUrl, auth).join('\n'));

test('traffic of an API key goes to the address as it is given', () => {
  const base = 'http://127.0.0.1:9/v1?key="a"';
  expect(settings(base, 'api_key')).toEqual({
    model_provider: 'deckhand',
    model_providers: { deckhand: expect.objectContaining({ base_url: base, name: 'deckhand' }) },
  });
});

test.each([
  ['https://gate.example/backend-api/codex', 'https://gate.example/backend-api/'],
  ['http://127.0.0.1:9/backend-api/codex', 'https://127.0.0.1:9/backend-api/'],
])('a ChatGPT sign-in for %s is shown to no other server', (baseUrl, account) => {
  expect(settings(baseUrl, 'chatgpt')).toMatchObject({ chatgpt_base_url: account });
});
