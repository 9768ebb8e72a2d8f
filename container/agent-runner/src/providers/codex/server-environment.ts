import type { TomlTable, TomlValue } from 'smol-toml';

/** What leads a program to the outside, of the variables that the CLI keeps from MCP servers. */
const PROXY_NAME = /^(?:(?:https?|all|no)_proxy|node_use_env_proxy)$/i;

const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);

/**
 * The config with the way outside in the environment of every MCP server that is a program: the CLI (0.169) gives those
 * HOME, PATH and what their own `env` says. What the owner says there stays.
 */
export function leadServersOutside(
  config: TomlTable,
  environment: Readonly<Record<string, string | undefined>>,
): TomlTable {
  const proxies: TomlTable = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && PROXY_NAME.test(name)) proxies[name] = value;
  const { mcp_servers: servers } = config;
  if (!isTable(servers) || Object.keys(proxies).length === 0) return config;
  const led: TomlTable = {};
  for (const [name, server] of Object.entries(servers)) led[name] = leadServer(server, proxies);
  return { ...config, mcp_servers: led };
}

function leadServer(server: TomlValue, proxies: TomlTable): TomlValue {
  if (!isTable(server) || server['command'] === undefined) return server;
  const { env } = server;
  if (env !== undefined && !isTable(env)) return server;
  return { ...server, env: { ...proxies, ...env } };
}
