import type { EgressPolicyName } from './egress.ts';
import type { RegisteredGroup } from './group.ts';

/** Where credentials are: added by the host on the way, or in the container. `auto`: the first where it can be. */
export const CREDENTIALS_MODES = ['auto', 'proxy', 'mounted'] as const;
export type CredentialsMode = (typeof CREDENTIALS_MODES)[number];

/** Whether containers can reach the host's door, and why not, as a part of a sentence. */
export type DoorSupport = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How a group's container reaches its model and the outside: through the host's door alone, or by a network. */
export type OutletKind = 'gateway' | 'network';

export type OutletDecision =
  | { readonly ok: true; readonly kind: OutletKind }
  /** One sentence that says what to do. */
  | { readonly ok: false; readonly reason: string };

export interface OutletSettings {
  readonly credentials: CredentialsMode;
  readonly doors: DoorSupport;
  /** Of groups that name none. */
  readonly egress: EgressPolicyName;
}

/**
 * Only the door enforces a policy, so that a group with one is not served where there is none: an agent must not
 * reach more than its owner believes.
 */
export function decideOutlet(
  {
    folder,
    egress,
    containerConfig,
  }: Pick<RegisteredGroup, 'folder' | 'egress' | 'containerConfig'>,
  settings: OutletSettings,
): OutletDecision {
  const { doors } = settings;
  const wanted = containerConfig?.credentials ?? settings.credentials;
  const policy = egress?.policy ?? settings.egress;
  const mode = wanted === 'auto' ? (doors.ok ? 'proxy' : 'mounted') : wanted;
  if (mode === 'proxy') {
    if (doors.ok) return { ok: true, kind: 'gateway' };
    return {
      ok: false,
      reason: `The credentials of ${folder} are to stay outside of its container, but ${doors.reason}: set credentials to "mounted" for it, or CREDENTIALS=auto in .env.`,
    };
  }
  if (policy === 'open') return { ok: true, kind: 'network' };
  const cause = doors.ok ? 'its credentials are mounted' : doors.reason;
  const mend = doors.ok
    ? 'set its credentials to "proxy", or its egress to "open"'
    : 'set its egress to "open" if its agent may reach everything';
  return {
    ok: false,
    reason: `The egress policy "${policy}" of ${folder} cannot be enforced because ${cause}: ${mend}.`,
  };
}
