import { providerSchema } from '@deckhand/protocol';
import type { RegisteredGroup } from '../../core/group.ts';
import { loadRegistrations } from '../../registrations/edit.ts';
import { type Finding, ok, problem, warning } from './finding.ts';

const CHECK = 'registrations';

export interface RegistrationsCheck {
  readonly findings: readonly Finding[];
  readonly groups: readonly RegisteredGroup[];
}

/** Whether the registrations load, with every problem in them. */
export async function checkRegistrationFile(path: string): Promise<RegistrationsCheck> {
  const loaded = await loadRegistrations(path);
  if (!loaded.ok) {
    const mend = `Correct ${path}; a running host keeps the last good state until then.`;
    const findings = loaded.problems.map((found) =>
      problem(CHECK, found.path === '' ? found.message : `${found.path}: ${found.message}`, mend),
    );
    return { findings, groups: [] };
  }
  const groups = [...loaded.groups.values()];
  if (groups.length === 0) {
    const mend =
      'Register one:\n$ npx deckhand groups list --known\n$ npx deckhand groups add <chat>';
    return { findings: [warning(CHECK, 'no group is registered', mend)], groups };
  }
  return { findings: [ok(CHECK, describeCount(groups))], groups };
}

function describeCount(groups: readonly RegisteredGroup[]): string {
  const total = groups.length === 1 ? '1 group' : `${groups.length} groups`;
  const counts = providerSchema.options
    .map((name) => ({ name, count: groups.filter(({ provider }) => provider === name).length }))
    .filter(({ count }) => count > 0);
  return `${total}: ${counts.map(({ name, count }) => `${count} with ${name}`).join(', ')}`;
}
