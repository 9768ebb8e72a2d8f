import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

describe('loadConfig', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'deckhand-config-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test('without any setting the defaults hold', () => {
    const config = loadConfig({}, home);
    expect(config).toMatchObject({
      assistantName: 'Assistant',
      runtime: 'docker',
      maxConcurrentContainers: 5,
      secrets: {},
      home,
    });
  });

  test('the environment wins over .env, and an empty value counts as unset', () => {
    writeFileSync(join(home, '.env'), 'ASSISTANT_NAME=Andy\nLOG_LEVEL=debug\nOPENAI_API_KEY=""\n');
    const config = loadConfig({ LOG_LEVEL: 'warn', ASSISTANT_NAME: '' }, home);
    expect(config.assistantName).toBe('Andy');
    expect(config.logLevel).toBe('warn');
    expect(config.secrets).toEqual({});
  });

  test('only the three allowed secrets are picked up', () => {
    const config = loadConfig(
      {
        OPENAI_API_KEY: 'a',
        ANTHROPIC_API_KEY: 'b',
        CLAUDE_CODE_OAUTH_TOKEN: 'c',
        AWS_SECRET: 'd',
      },
      home,
    );
    expect(config.secrets).toEqual({
      OPENAI_API_KEY: 'a',
      ANTHROPIC_API_KEY: 'b',
      CLAUDE_CODE_OAUTH_TOKEN: 'c',
    });
  });

  test('what agents may reach is open unless it is set, and needs ports of own services', () => {
    expect(loadConfig({}, home).egress).toEqual({ policy: 'open', privateHosts: [] });
    const set = { EGRESS: 'allowlist', EGRESS_PRIVATE_HOSTS: 'nas.home:8443' };
    expect(loadConfig(set, home).egress).toEqual({
      policy: 'allowlist',
      privateHosts: [{ name: 'nas.home', isSubdomains: false, port: 8443 }],
    });
    expect(() => loadConfig({ EGRESS_PRIVATE_HOSTS: 'nas.home' }, home)).toThrow(/nas\.home:8443/);
    expect(() => loadConfig({ EGRESS: 'none' }, home)).toThrow(/EGRESS/);
  });

  test('every problem is named in one error', () => {
    const load = () =>
      loadConfig(
        {
          TZ: 'Mars/Base',
          MAX_CONCURRENT_CONTAINERS: 'many',
          ASSISTANT_NAME: 'a b',
          CODEX_MODEL: 'gpt 5',
        },
        home,
      );
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/TZ: is not an IANA time zone/);
    expect(load).toThrow(/MAX_CONCURRENT_CONTAINERS/);
    expect(load).toThrow(/ASSISTANT_NAME: must be/);
    expect(load).toThrow(/CODEX_MODEL: must be a model name/);
  });
});
