import type { RegisteredGroup } from '../../core/group.ts';
import type { GroupMap } from '../../core/registration.ts';
import { describeDenials } from '../../core/story/denial-steps.ts';
import type { DenialFacts } from '../../core/story/facts.ts';

/** A line about what a question's agent wanted to reach and might not; undefined when there was nothing. */
export function describeDenied(
  denials: readonly DenialFacts[],
  { folder, jid }: RegisteredGroup,
  groups: GroupMap,
): string | undefined {
  if (denials.length === 0) return undefined;
  const mend = groups.has(jid)
    ? `\`deckhand groups set ${folder} --allow-host <host>\` allows one`
    : 'EGRESS in .env says what it may reach, because the group is not registered';
  return `denied: ${describeDenials(denials, mend)}`;
}
