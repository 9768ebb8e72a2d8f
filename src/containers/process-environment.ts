import { WORKSPACE_ENV } from '@deckhand/protocol';

/** What an agent without a container may see of the host's environment; never a credential. */
const ALLOWED = [
  'PATH',
  'LANG',
  'LC_ALL',
  'TZ',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
  'CODEX_CA_CERTIFICATE',
] as const;

export interface ProcessEnvironmentFacts {
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly workspace: string;
  readonly home: string;
  /** Plain settings in addition. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export function processEnvironment(facts: ProcessEnvironmentFacts): Record<string, string> {
  const allowed = ALLOWED.flatMap((name) => {
    const value = facts.hostEnv[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(allowed),
    ...facts.env,
    HOME: facts.home,
    [WORKSPACE_ENV]: facts.workspace,
    // Claude's CLI refuses to work unattended as root unless it is told that this is a sandbox.
    ...(facts.isRoot ? { IS_SANDBOX: '1' } : {}),
  };
}
