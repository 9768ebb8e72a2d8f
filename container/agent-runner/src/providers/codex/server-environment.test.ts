import { expect, test } from 'vitest';
import { leadServersOutside } from './server-environment.ts';

const PROXIES = {
  HTTPS_PROXY: 'http://127.0.0.1:1',
  no_proxy: 'localhost',
  NODE_USE_ENV_PROXY: '1',
};

test('an MCP server that is a program gets the way outside, and what its owner says wins', () => {
  const config = {
    model: 'x',
    mcp_servers: {
      plain: { command: 'a' },
      own: { command: 'b', env: { HTTPS_PROXY: 'http://own', KEY: 'k' } },
      remote: { url: 'http://127.0.0.1:2' },
    },
  };
  expect(leadServersOutside(config, { ...PROXIES, SECRET: 's', PATH: '/bin' })).toEqual({
    model: 'x',
    mcp_servers: {
      plain: { command: 'a', env: PROXIES },
      own: { command: 'b', env: { ...PROXIES, HTTPS_PROXY: 'http://own', KEY: 'k' } },
      remote: { url: 'http://127.0.0.1:2' },
    },
  });
});

test('without a proxy or a server nothing changes', () => {
  const config = { mcp_servers: { plain: { command: 'a' } } };
  expect(leadServersOutside(config, { PATH: '/bin' })).toBe(config);
  expect(leadServersOutside({ mcp_servers: 'none' }, PROXIES)).toEqual({ mcp_servers: 'none' });
});
