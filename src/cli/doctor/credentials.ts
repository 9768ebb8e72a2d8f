import type { RegisteredGroup } from '../../core/group.ts';
import { loginCommand } from '../../credentials/login-command.ts';
import type { CliContext } from '../context.ts';
import { type ProfileStatus, readSignIns } from '../login/read-sign-ins.ts';
import type { GroupSignIn, SignInSource } from '../login/sources.ts';
import { type Finding, ok, problem } from './finding.ts';

const CHECK = 'credentials';

/** Every stored credential that cannot be used, and for every group with what its runs sign in. */
export async function checkCredentials(
  context: CliContext,
  groups: readonly RegisteredGroup[],
): Promise<Finding[]> {
  const status = await readSignIns(context, groups);
  return [...status.profiles.flatMap(checkProfile), ...status.groups.flatMap(checkGroup)];
}

/** What works is shown with the groups that use it. */
function checkProfile({ provider, folder, problem: trouble }: ProfileStatus): Finding[] {
  if (trouble === undefined) return [];
  const whose = folder === undefined ? '' : ` of the group ${folder}`;
  const detail = `${provider}${whose}: ${trouble.reason}`;
  return [problem('credentials.unusable', detail, sentence(trouble.mend))];
}

function checkGroup({ folder, uses, missing }: GroupSignIn): Finding[] {
  // Without a model that can be asked; see the check of the models.
  if (uses.length === 0 && missing.length === 0) return [];
  if (uses.length === 0) {
    const commands = missing.map((name) => `$ npx ${loginCommand({ name }).replaceAll('`', '')}`);
    const mend = [
      missing.length > 1 ? 'Sign in in one of these ways:' : 'Sign in:',
      ...commands,
    ].join('\n');
    return [problem('credentials.missing', `${folder}: nothing to sign in with`, mend)];
  }
  const gaps = missing.length === 0 ? '' : `; nothing for ${missing.join(', ')}`;
  return [ok(CHECK, `${folder}: ${uses.map(describeSource).join(', ')}${gaps}`)];
}

function describeSource(source: SignInSource): string {
  switch (source.from) {
    case 'environment':
      return source.variable;
    case 'profile':
      return `${source.provider} (stored)`;
    case 'group_home':
      return `${source.provider} (in the home of the group)`;
    default:
      return source satisfies never;
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
