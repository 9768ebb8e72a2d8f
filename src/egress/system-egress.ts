import type { Now } from '../clock.ts';
import type { HostRule } from '../core/egress.ts';
import type { Logger } from '../logger.ts';
import type { ServeOutside } from '../ports.ts';
import { readLocalNetworks } from './local-networks.ts';
import { cacheNames } from './name-cache.ts';
import { createDnsResolver, lookUpOwnName } from './resolve-name.ts';
import { createServeOutside } from './serve-outside.ts';

export interface SystemEgressOptions {
  /** EGRESS_PRIVATE_HOSTS. */
  readonly privateHosts: readonly HostRule[];
  readonly logger: Logger;
  readonly now: Now;
}

/** A browser keeps six to a host and a dozen hosts busy. */
const MAX_REQUESTS = 64;
const IDLE_MS = 5 * 60_000;
const CONNECT_TIMEOUT_MS = 15_000;

/** The way outside by the names and networks of this machine. */
export function createSystemEgress({
  privateHosts,
  logger,
  now,
}: SystemEgressOptions): ServeOutside {
  return createServeOutside({
    privateHosts,
    logger,
    resolveName: cacheNames(createDnsResolver(), now),
    resolveOwnName: cacheNames(lookUpOwnName, now),
    readLocalNetworks,
    maxRequests: MAX_REQUESTS,
    idleMs: IDLE_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
}
