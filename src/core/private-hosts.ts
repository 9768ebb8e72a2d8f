import type { HostRule } from './egress.ts';
import { parseHostRule } from './host-rule.ts';

/** What EGRESS_PRIVATE_HOSTS must be, as a part of a sentence. */
export const PRIVATE_HOSTS_FORM =
  'must be single hosts with their ports such as nas.home:8443, with commas between them';

/**
 * Reads the services of the owner that groups may reach although their addresses are not public. Undefined when one of
 * them is none: each needs its port, so that a printer's pages do not open with the service beside them, and is one
 * host: names of an agent's choice are none of this network's.
 */
export function parsePrivateHosts(text: string): readonly HostRule[] | undefined {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '');
  const rules = entries.map(parseHostRule).filter((rule) => rule !== undefined);
  const areServices = rules.every(({ port, isSubdomains }) => port !== undefined && !isSubdomains);
  return areServices && rules.length === entries.length ? rules : undefined;
}
