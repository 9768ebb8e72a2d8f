/** How far a group's agent comes beyond its model. */
export const EGRESS_POLICIES = ['open', 'allowlist', 'model-only'] as const;
export type EgressPolicyName = (typeof EGRESS_POLICIES)[number];

/**
 * What of the outside a group's agent may reach; its model in any case.
 * - `open`: every public address
 * - `allowlist`: the hosts that are named
 * - `model-only`: nothing else
 */
export type EgressPolicy =
  | { readonly kind: 'open' }
  | { readonly kind: 'allowlist'; readonly hosts: readonly HostRule[] }
  | { readonly kind: 'model-only' };

/** One entry of an allowlist: `example.org`, `*.example.org` (its subdomains, not itself), each with `:port` or without. */
export interface HostRule {
  /** Lower case, in its ASCII form, without a trailing dot. */
  readonly name: string;
  readonly isSubdomains: boolean;
  /** Ports 80 and 443 when absent. */
  readonly port?: number;
}

/** A destination that was refused. */
export interface EgressDenial {
  /** As the client wrote it, cleaned of control characters and cut. */
  readonly host: string;
  readonly port: number;
  readonly reason: EgressDenialReason;
}

/**
 * - `policy`: the group may not reach this host
 * - `private_address`: the host is, or resolves to, an address that is not public
 * - `bad_host`: no name and no address
 */
export const EGRESS_DENIAL_REASONS = ['policy', 'private_address', 'bad_host'] as const;
export type EgressDenialReason = (typeof EGRESS_DENIAL_REASONS)[number];
