import { isDeepStrictEqual } from 'node:util';
import { type RegisterGroupCommand, registerGroupCommandSchema } from '@deckhand/protocol';
import type { Now } from '../../../clock.ts';
import { type RegisteredGroup, registeredGroupSchema } from '../../../core/group.ts';
import type { Jid } from '../../../core/message.ts';
import type { RegistrationProblem } from '../../../core/registration.ts';
import { type Command, defineStagedCommand, type Refusal, type Staged } from '../../command.ts';
import { type Rate, TokenBucket } from '../../token-bucket.ts';

export interface RegisterGroupDeps {
  readonly groups: {
    get(jid: Jid): RegisteredGroup | undefined;
    add(
      group: RegisteredGroup,
      signal: AbortSignal,
    ): Promise<
      | { status: 'saved'; group: RegisteredGroup }
      | { status: 'refused'; problems: readonly RegistrationProblem[] }
    >;
  };
  /** Resolves when the groups that may be seen are told anew. */
  readonly onGroupsChanged: () => Promise<void>;
  readonly now: Now;
  readonly rate?: Rate;
}

/** Groups are registered by the handful; a flood would fill the registrations that people edit. */
const REGISTER_RATE: Rate = { burst: 20, perSecond: 1 / 60 };

/**
 * `register_group`, main only. The registrations file is the effect; it is there before the request is
 * recorded, so the same registration once more is no mistake and changes nothing. One that differs is refused:
 * what a person has set is not overwritten from a chat.
 */
export function createRegisterGroupCommand(deps: RegisterGroupDeps): Command {
  const { groups, now } = deps;
  const bucket = new TokenBucket(deps.rate ?? REGISTER_RATE, now);

  const add = async (
    main: RegisteredGroup,
    request: RegisterGroupCommand,
    signal: AbortSignal,
  ): Promise<Staged<RegisteredGroup>> => {
    const wanted = readGroup(main, request);
    if (!wanted.ok) return wanted;
    const known = groups.get(request.jid);
    if (known !== undefined) {
      return isSame(known, wanted.staged, request)
        ? { ok: true, staged: known }
        : { ok: false, ...REGISTERED_ALREADY };
    }
    if (bucket.take() > 0) return { ok: false, ...TOO_OFTEN };
    const group = { ...wanted.staged, added_at: new Date(now()).toISOString() };
    const saved = await groups.add(group, signal);
    if (saved.status === 'saved') return { ok: true, staged: saved.group };
    return { ok: false, code: 'conflict', error: describeProblems(saved.problems) };
  };

  return defineStagedCommand({
    type: 'register_group',
    schema: registerGroupCommandSchema,
    authorize: (group) => (group.isMain ? undefined : MAIN_ONLY),
    stage: add,
    apply: (_group, _request, { jid, name, folder }) => ({ group: { jid, name, folder } }),
    afterwards: () => deps.onGroupsChanged(),
  });
}

/**
 * Nothing in a request can make a group the main one, nor name people, budgets, limits, ways out, credentials or folders
 * of this machine: what members write can steer main's agent too.
 */
function readGroup(
  main: RegisteredGroup,
  { jid, name, folder, trigger, requiresTrigger, containerConfig, provider }: RegisterGroupCommand,
): Staged<RegisteredGroup> {
  if (folder === 'main') return { ok: false, ...MAIN_FOLDER };
  const parsed = registeredGroupSchema.safeParse({
    jid,
    name,
    folder,
    trigger,
    isMain: false,
    provider: provider ?? main.provider,
    ...(requiresTrigger === undefined ? {} : { requiresTrigger }),
    ...(containerConfig === undefined ? {} : { containerConfig }),
    // Main's agent could go by the new group where it may not go itself.
    ...(main.egress === undefined ? {} : { egress: main.egress }),
  });
  if (parsed.success) {
    const { containerConfig: wanted = {} } = parsed.data;
    const isAllowed = Object.keys(wanted).every((name) => name === 'timeout');
    return isAllowed ? { ok: true, staged: parsed.data } : { ok: false, ...PERSON_ONLY };
  }
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  return { ok: false, code: 'malformed', error: describeProblems(problems) };
}

function isSame(
  known: RegisteredGroup,
  wanted: RegisteredGroup,
  { provider }: RegisterGroupCommand,
): boolean {
  const { added_at: _, egress: _known, ...fields } = known;
  const { egress: _wanted, ...rest } = wanted;
  const chosen = provider === undefined ? { ...rest, provider: known.provider } : rest;
  return isDeepStrictEqual(fields, chosen);
}

/** At most three problems, so that a reply stays small. */
function describeProblems(problems: readonly RegistrationProblem[]): string {
  const told = problems
    .slice(0, 3)
    .map(({ path, message }) => `${path === '' ? '' : `${path}: `}${message}`.slice(0, 200));
  return `Not registered: ${told.join('; ')}.`;
}

const MAIN_ONLY: Refusal = {
  code: 'not_allowed',
  error: 'Only the main group may register groups.',
};
const MAIN_FOLDER: Refusal = {
  code: 'malformed',
  error: 'The folder "main" stands for the main group. Choose another.',
};
const PERSON_ONLY: Refusal = {
  code: 'not_allowed',
  error:
    'Of containerConfig a chat may set the timeout alone. A person can set the rest with `deckhand groups set`.',
};
const REGISTERED_ALREADY: Refusal = {
  code: 'conflict',
  error:
    'This chat is registered already, with other settings. A person can change them with `deckhand groups set`.',
};
const TOO_OFTEN: Refusal = {
  code: 'rate_limited',
  error: 'Too many groups registered at once. Try again in a minute.',
};
