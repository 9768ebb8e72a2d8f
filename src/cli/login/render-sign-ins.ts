import type { ModelProvider } from '../../core/models/model-ref.ts';
import { formatLocal } from '../../core/schedule/local-time.ts';
import { terminalText } from '../../core/terminal-text.ts';
import { loginCommand } from '../../credentials/login-command.ts';
import { LINE_WIDTH, wrapText } from '../layout.ts';
import type { ProfileStatus, SignInStatus } from './read-sign-ins.ts';
import type { GroupSignIn, SignInSource } from './sources.ts';

const NAMES: Readonly<Record<ModelProvider, string>> = {
  'openai-codex': 'ChatGPT sign-in',
  openai: 'OpenAI',
  anthropic: 'Claude',
};
const KINDS: Readonly<Record<ProfileStatus['kind'], string>> = {
  sign_in: '',
  api_key: ' API key',
  claude_token: ' token',
  unusable: '',
};
const WAYS = {
  browser: 'in a browser',
  device: 'by code',
  paste: 'by a pasted address',
  import: 'by import',
};

/** For people, in lines of at most 80 columns. */
export function renderSignIns(status: SignInStatus, timeZone: string): string {
  const stored = status.profiles.flatMap((profile) =>
    describeProfile(profile, status.groups, timeZone),
  );
  const others = status.sources.flatMap((source) => describeOther(source, status.groups));
  const lines = [...stored, ...others];
  if (lines.length === 0)
    lines.push(
      'Nothing is stored. `deckhand login codex` signs in with ChatGPT,',
      '`deckhand login claude` stores a key or token for Claude.',
    );
  lines.push(...status.groups.flatMap(describeGap));
  return `${lines.join('\n')}\n`;
}

function describeProfile(
  profile: ProfileStatus,
  groups: readonly GroupSignIn[],
  timeZone: string,
): string[] {
  const { provider, folder, kind, signIn, problem, overruledBy, savedAt } = profile;
  const at = (time: number) => formatLocal(time, timeZone);
  const title = `${NAMES[provider]}${KINDS[kind]}${folder === undefined ? '' : ` of the group ${folder}`}`;
  const usedBy = namesOf(
    groups,
    (source) =>
      source.from === 'profile' && source.provider === provider && source.folder === folder,
  );
  return [
    title,
    ...(signIn === undefined ? [] : describeAccount(signIn, at)),
    ...(savedAt === undefined ? [] : detail(`stored ${at(savedAt)}`)),
    ...(problem === undefined ? [] : detail(`${problem.reason}; ${problem.mend}`)),
    ...(overruledBy === undefined
      ? detail(usedBy === '' ? 'used by no group' : `used by ${usedBy}`)
      : detail(`not used: ${overruledBy} is set in the environment or in .env`)),
  ];
}

function describeAccount(
  signIn: NonNullable<ProfileStatus['signIn']>,
  at: (time: number) => string,
): string[] {
  const { email, plan, accountId, signedInAt, source, expiresAt, broken } = signIn;
  const who = [email, ...(plan === undefined ? [] : [`plan ${plan}`]), `account ${accountId}`];
  return [
    ...detail(who.filter((part) => part !== undefined).join(', ')),
    ...detail(`signed in ${at(signedInAt)} ${WAYS[source]}`),
    ...detail(
      `access token good until ${at(expiresAt)}; ${broken ? 'not renewed' : 'the host renews it before'}`,
    ),
  ];
}

/** What is used without being stored here. */
function describeOther(source: SignInSource, groups: readonly GroupSignIn[]): string[] {
  const usedBy = namesOf(groups, (used) => used === source);
  const users = detail(usedBy === '' ? 'used by no group' : `used by ${usedBy}`);
  switch (source.from) {
    case 'environment':
      return [
        `${NAMES[source.provider]}: ${source.variable} in the environment or in .env`,
        ...users,
      ];
    case 'group_home':
      return [`${NAMES[source.provider]} in the home of the group ${source.folder}`, ...users];
    case 'profile':
      return [];
    default:
      return source satisfies never;
  }
}

function describeGap({ folder, uses, missing }: GroupSignIn): string[] {
  if (uses.length > 0) return [];
  const [first] = missing;
  const mend =
    first === undefined
      ? 'no model is set that can be used; see `deckhand models list`'
      : `run ${loginCommand({ name: first })}`;
  return wrapText(`The group ${folder} cannot sign in: ${mend}.`, LINE_WIDTH);
}

function namesOf(
  groups: readonly GroupSignIn[],
  isMeant: (source: SignInSource) => boolean,
): string {
  return groups
    .filter(({ uses }) => uses.some(isMeant))
    .map(({ folder }) => folder)
    .join(', ');
}

function detail(text: string): string[] {
  return wrapText(terminalText(text), LINE_WIDTH - 2).map((line) => `  ${line}`);
}
