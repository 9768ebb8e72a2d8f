import type { Destination } from './destination.ts';
import type { EgressPolicy, EgressPolicyName, HostRule } from './egress.ts';
import type { RegisteredGroup } from './group.ts';
import { matchesRule, parseHostRule } from './host-rule.ts';

/** What holds for a group; `fallback` is what holds where a registration names no policy. */
export function egressPolicyOf(
  { egress }: Pick<RegisteredGroup, 'egress'>,
  fallback: EgressPolicyName,
): EgressPolicy {
  const kind = egress?.policy ?? fallback;
  switch (kind) {
    case 'open':
    case 'model-only':
      return { kind };
    case 'allowlist':
      return { kind, hosts: parseHostRules(egress?.hosts ?? []) };
    default:
      return kind satisfies never;
  }
}

/** What is no rule allows nothing. */
export function parseHostRules(texts: readonly string[]): readonly HostRule[] {
  return texts.map(parseHostRule).filter((rule) => rule !== undefined);
}

/** Whether a group may reach a destination, as far as its name goes: its addresses are judged besides. */
export function mayReach(policy: EgressPolicy, destination: Destination): boolean {
  switch (policy.kind) {
    case 'open':
      return true;
    case 'allowlist':
      return policy.hosts.some((rule) => matchesRule(destination, rule));
    case 'model-only':
      return false;
    default:
      return policy satisfies never;
  }
}
