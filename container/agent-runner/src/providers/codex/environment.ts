import type { RunRequest } from '@deckhand/protocol';
import { minimalEnvironment } from '../../environment.ts';
import type { ProviderSurroundings } from '../../provider.ts';
import type { CodexInstallation } from './binary.ts';

/** Carries the secret of the tools' server. HIDDEN_FROM_TOOLS keeps it from the agent's commands. */
export const TOOLS_TOKEN_VARIABLE = 'CODEX_DECKHAND_TOKEN';

/** What the CLI is told in its environment, because arguments can be seen by every process. */
export interface CodexSecrets {
  /** Absent: the CLI signs in with auth.json. */
  readonly apiKey: string | undefined;
  readonly toolsToken: string;
}

/** The environment of one `codex exec`. */
export function codexEnvironment(
  { environment, paths }: ProviderSurroundings,
  { toolsPath }: CodexInstallation,
  { timeZone }: RunRequest,
  { apiKey, toolsToken }: CodexSecrets,
): Record<string, string> {
  const base = minimalEnvironment(environment, {
    HOME: paths.home,
    CODEX_HOME: paths.codexHome,
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
