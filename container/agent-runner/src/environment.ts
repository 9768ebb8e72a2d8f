/** What every program needs of its surroundings and what may lead it through a proxy; no secrets. */
const PASSED_NAMES: readonly string[] = [
  'LANG',
  'LC_ALL',
  'TMPDIR',
  'USER',
  'SHELL',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'NODE_USE_ENV_PROXY',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'CODEX_CA_CERTIFICATE',
];

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** A minimal environment for a provider's program: nothing of the runner's but the names above. */
export function minimalEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const passed = PASSED_NAMES.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: environment['PATH'] ?? DEFAULT_PATH, ...Object.fromEntries(passed), ...own };
}
