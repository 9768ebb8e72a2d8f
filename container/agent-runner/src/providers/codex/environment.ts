import type { RunRequest } from '@deckhand/protocol';
import { minimalEnvironment } from '../../environment.ts';
import type { ProviderSurroundings } from '../../provider.ts';
import type { CodexInstallation } from './binary.ts';
import type { CodexHome } from './home.ts';

/** Carries the secret of the tools' server. HIDDEN_FROM_TOOLS keeps it from the agent's commands. */
export const TOOLS_TOKEN_VARIABLE = 'CODEX_DECKHAND_TOKEN';

/** What the CLI is told in its environment; of the secrets, because arguments can be seen by every process. */
export interface CodexSurroundings extends CodexHome {
  /** Absent: the CLI signs in with auth.json. */
  readonly apiKey: string | undefined;
  readonly toolsToken: string;
}

/** The environment of one `codex exec`. */
export function codexEnvironment(
  environment: ProviderSurroundings['environment'],
  { toolsPath }: CodexInstallation,
  { timeZone }: RunRequest,
  { home, codexHome, apiKey, toolsToken }: CodexSurroundings,
): Record<string, string> {
  const base = minimalEnvironment(environment, {
    HOME: home,
    CODEX_HOME: codexHome,
    TZ: timeZone,
    [TOOLS_TOKEN_VARIABLE]: toolsToken,
    ...(apiKey !== undefined && { CODEX_API_KEY: apiKey }),
  });
  return { ...base, ...bypassProxy(base), PATH: `${toolsPath}:${base['PATH']}` };
}

/** With HTTP_PROXY set, the CLI (0.169) would ask the proxy for our loopback address and not start. */
function bypassProxy({
  NO_PROXY,
  no_proxy,
}: Readonly<Record<string, string>>): Record<string, string> {
  const hosts = [NO_PROXY, no_proxy, '127.0.0.1'].filter((entry) => (entry ?? '') !== '').join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
