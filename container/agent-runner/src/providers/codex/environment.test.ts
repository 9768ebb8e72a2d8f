import { expect, test } from 'vitest';
import { exampleRequest } from '../../example-request.testing.ts';
import { codexEnvironment } from './environment.ts';

const build = (environment: Record<string, string>, apiKey?: string) =>
  codexEnvironment(environment, { binary: '/codex', toolsPath: '/tools' }, exampleRequest(), {
    home: '/h',
    codexHome: '/h/.codex',
    apiKey,
    toolsToken: 't',
  });

test('the CLI gets its secrets, its home and little else', () => {
  expect(build({ PATH: '/bin', OPENAI_API_KEY: 'k', SECRET: 's' }, 'key')).toEqual({
    PATH: '/tools:/bin',
    HOME: '/h',
    CODEX_HOME: '/h/.codex',
    CODEX_API_KEY: 'key',
    CODEX_DECKHAND_TOKEN: 't',
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    TZ: exampleRequest().timeZone,
  });
  expect(build({})).not.toHaveProperty('CODEX_API_KEY');
});

test('exceptions from a proxy are kept, and loopback is one more', () => {
  const merged = 'a.example,b.example,127.0.0.1';
  expect(
    build({ HTTP_PROXY: 'http://p', NO_PROXY: 'a.example', no_proxy: 'b.example' }),
  ).toMatchObject({ HTTP_PROXY: 'http://p', NO_PROXY: merged, no_proxy: merged });
});
