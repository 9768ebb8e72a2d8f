const LOCAL = '127.0.0.1,localhost';

/**
 * What leads programs to the outside through the relay. Both spellings, because curl reads `http_proxy` in small letters
 * only, and others the other one only; Node's own client reads them when NODE_USE_ENV_PROXY says so (24).
 */
export function proxyEnvironment(outsideUrl: string): Record<string, string> {
  const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
    [name, outsideUrl],
    [name.toLowerCase(), outsideUrl],
  ]);
  return {
    ...Object.fromEntries(proxies),
    NO_PROXY: LOCAL,
    no_proxy: LOCAL,
    NODE_USE_ENV_PROXY: '1',
  };
}
