import type { EgressPolicyName } from '../../core/egress.ts';
import type { EgressSettings, RegisteredGroup } from '../../core/group.ts';
import { isSameRule } from '../../core/host-rule.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { DEFAULT_POLICY, type EgressOptions } from './egress-options.ts';

/** The field that the options about egress ask for, still unchecked, as in `toFields`. */
export function toEgressField(
  { egress, allowHost = [], disallowHost = [] }: EgressOptions,
  current?: RegisteredGroup,
): Record<string, unknown> {
  if (egress === undefined && allowHost.length + disallowHost.length === 0) return {};
  const settings: EgressSettings = current?.egress ?? {};
  const policy = egress === undefined ? settings.policy : policyOf(egress);
  const hosts = withoutHosts(withHosts(settings.hosts ?? [], allowHost), disallowHost);
  if (policy === undefined && hosts.length === 0) return { egress: undefined };
  return {
    egress: {
      ...(policy === undefined ? {} : { policy }),
      ...(hosts.length === 0 ? {} : { hosts }),
    },
  };
}

function policyOf(option: NonNullable<EgressOptions['egress']>): EgressPolicyName | undefined {
  return option === DEFAULT_POLICY ? undefined : option;
}

/** A host is named once, however it is spelt. */
function withHosts(listed: readonly string[], added: readonly string[]): string[] {
  const hosts = [...listed];
  for (const host of added) if (!hosts.some((one) => isSameRule(one, host))) hosts.push(host);
  return hosts;
}

function withoutHosts(listed: readonly string[], removed: readonly string[]): string[] {
  for (const host of removed) {
    if (listed.some((one) => isSameRule(one, host))) continue;
    throw new CliError(
      EXIT.usage,
      `--disallow-host: "${host}" is not on the list of this group. \`deckhand groups list\` shows it.`,
    );
  }
  return listed.filter((one) => !removed.some((host) => isSameRule(one, host)));
}

/** What may be other than was meant; empty when nothing seems to be. `fallback` holds where a group does not say. */
export function egressNote(
  { egress }: RegisteredGroup,
  options: EgressOptions,
  fallback: EgressPolicyName,
): string {
  if (options.egress === undefined && options.allowHost === undefined) return '';
  const policy = egress?.policy ?? fallback;
  const hasHosts = (egress?.hosts ?? []).length > 0;
  if (policy === 'allowlist' && !hasHosts) {
    return 'The list is empty, so its agent reaches its model alone; --allow-host allows more.\n';
  }
  return policy !== 'allowlist' && hasHosts
    ? `The hosts take effect with --egress allowlist; its policy is ${policy}.\n`
    : '';
}
