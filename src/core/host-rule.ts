import type { Destination } from './destination.ts';
import type { HostRule } from './egress.ts';
import { parseHost } from './host.ts';

/** Ports of a rule that names none. */
const WEB_PORTS: readonly number[] = [80, 443];
const RULE = /^(\*\.)?(\[[^\]]*\]|[^:*]*?)(?::([0-9]{1,5}))?$/;

/** What an entry must be, as a part of a sentence. */
export const HOST_RULE_FORM =
  'must be a host such as example.org, *.example.org for its subdomains, or an address, each with :port or without';

/** Reads an entry of an allowlist; undefined when it is none. Spellings are evened out, as in `parseHost`. */
export function parseHostRule(text: string): HostRule | undefined {
  const [matched, star, name = '', digits] = RULE.exec(text) ?? [];
  const host = matched === undefined ? undefined : parseHost(name);
  const isSubdomains = star !== undefined;
  if (host === undefined || (isSubdomains && host.kind === 'address')) return undefined;
  const rule = { name: host.text, isSubdomains };
  if (digits === undefined) return rule;
  const port = Number(digits);
  return port < 1 || port > 65_535 ? undefined : { ...rule, port };
}

/** Whether a rule names a destination. */
export function matchesRule({ host, port }: Destination, rule: HostRule): boolean {
  const isPort = rule.port === undefined ? WEB_PORTS.includes(port) : port === rule.port;
  if (!isPort) return false;
  if (!rule.isSubdomains) return host.text === rule.name;
  return host.kind === 'name' && host.text.endsWith(`.${rule.name}`);
}

/** Whether two entries are the same rule, however they are spelt. */
export function isSameRule(one: string, other: string): boolean {
  const [rule, wanted] = [parseHostRule(one), parseHostRule(other)];
  if (rule === undefined || wanted === undefined) return one === other;
  const { name, isSubdomains, port } = wanted;
  return rule.name === name && rule.isSubdomains === isSubdomains && rule.port === port;
}
