import type { EgressDenialReason } from '../egress.ts';
import type { DenialFacts, RunFacts } from './facts.ts';
import type { StoryStep } from './story.ts';

/** So many are named; `deckhand runs show` names all that are kept. */
const NAMED = 5;

const WHY: Readonly<Record<EgressDenialReason, string>> = {
  policy: 'not allowed by the egress policy of its group',
  private_address: 'not on the internet',
  bad_host: 'no host',
};

/** Where the agent wanted to go and might not; nothing when it was denied nothing. */
export function denialSteps(denials: readonly DenialFacts[], { folder }: RunFacts): StoryStep[] {
  if (denials.length === 0) return [];
  const detail = describeDenials(
    denials,
    `\`deckhand groups set ${folder} --allow-host <host>\` allows one`,
  );
  return [{ name: 'denied', status: 'no', detail }];
}

/** The first of them in one line; `mend`, what a person can do, where the policy of the group was the reason. */
export function describeDenials(denials: readonly DenialFacts[], mend: string): string {
  const named = denials.slice(0, NAMED).map(describeDenial);
  const rest = denials.length - named.length;
  const isByPolicy = denials.some(({ reason }) => reason === 'policy');
  return [...named, ...(rest > 0 ? [`and ${rest} more`] : []), ...(isByPolicy ? [mend] : [])].join(
    '; ',
  );
}

/** One of them in a few words. Its host is of the agent's choice: escape it. */
export function describeDenial({ host, port, reason, count }: DenialFacts): string {
  const name = host.includes(':') && reason !== 'bad_host' ? `[${host}]` : host;
  const where = port === 0 ? name : `${name}:${port}`;
  return `${where}${count === 1 ? '' : ` (at least ${count} times)`}, ${WHY[reason]}`;
}
