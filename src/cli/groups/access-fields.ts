import type { RegisteredGroup } from '../../core/group.ts';
import { readPerson, spellingsOf } from '../../core/person.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { type AccessOptions, OTHERS } from './access-options.ts';

/**
 * The fields of a registration that the options about access ask for, still unchecked, as in `toFields`. What takes
 * something away comes before what names something: `--no-admins --admin X` leaves X alone.
 */
export function toAccessFields(
  options: AccessOptions,
  current?: RegisteredGroup,
): Record<string, unknown> {
  const { admin, admins, receipts } = options;
  return {
    ...sendersField(options, current),
    ...(admin === undefined && admins !== false
      ? {}
      : { admins: merge(admins === false ? [] : (current?.admins ?? []), admin) }),
    ...budgetField(options, current),
    ...limitsField(options, current),
    ...(receipts === undefined ? {} : { receipts }),
  };
}

function sendersField(options: AccessOptions, current?: RegisteredGroup): Record<string, unknown> {
  const { allow, disallow, allowEverybody, others } = options;
  if (allowEverybody) {
    if (allow !== undefined || disallow !== undefined || others !== undefined) {
      throw new CliError(
        EXIT.usage,
        'With --allow-everybody there is no list: leave out --allow, --disallow and --others, or it.',
      );
    }
    return { senders: undefined };
  }
  if (allow === undefined && disallow === undefined && others === undefined) return {};
  const listed = current?.senders?.allow;
  if (listed === undefined && allow === undefined) {
    throw new CliError(
      EXIT.usage,
      'Everybody may ask in this group; name with --allow who may, and nobody else will.',
    );
  }
  const mode = others === undefined ? current?.senders?.mode : OTHERS[others];
  const people = withoutPeople(merge(listed ?? [], allow) ?? [], disallow ?? []);
  return { senders: { allow: people, ...(mode === undefined ? {} : { mode }) } };
}

function budgetField(options: AccessOptions, current?: RegisteredGroup): Record<string, unknown> {
  const { runsPerDay, tokensPerDay, budget } = options;
  if (runsPerDay === undefined && tokensPerDay === undefined) {
    return budget === false ? { budget: undefined } : {};
  }
  return {
    budget: {
      ...(budget === false ? {} : current?.budget),
      ...(runsPerDay === undefined ? {} : { runsPerDay: readNumber(runsPerDay) }),
      ...(tokensPerDay === undefined ? {} : { tokensPerDay: readNumber(tokensPerDay) }),
    },
  };
}

function limitsField(options: AccessOptions, current?: RegisteredGroup): Record<string, unknown> {
  const { personRate, groupRate, defaultRates = false } = options;
  if (personRate === undefined && groupRate === undefined) {
    return defaultRates ? { limits: undefined } : {};
  }
  return {
    limits: {
      ...(defaultRates ? {} : current?.limits),
      ...(personRate === undefined ? {} : { sender: personRate }),
      ...(groupRate === undefined ? {} : { group: groupRate }),
    },
  };
}

/** Undefined for nobody, so that the field goes away. A person is named once, however often they are given. */
function merge(
  listed: readonly string[],
  added: readonly string[] = [],
): readonly string[] | undefined {
  const known = new Set(listed.map(readPerson));
  const fresh = added.filter((text) => {
    const person = readPerson(text);
    if (person !== undefined && known.has(person)) return false;
    known.add(person);
    return true;
  });
  return listed.length + fresh.length === 0 ? undefined : [...listed, ...fresh];
}

function withoutPeople(listed: readonly string[], removed: readonly string[]): readonly string[] {
  for (const text of removed) {
    if (listed.some((one) => isSamePerson(one, text))) continue;
    throw new CliError(
      EXIT.usage,
      `--disallow: "${text}" is not on the list of this group. \`deckhand groups list\` shows it.`,
    );
  }
  return listed.filter((one) => !removed.some((text) => isSamePerson(one, text)));
}

function isSamePerson(one: string, other: string): boolean {
  const person = readPerson(one);
  return person !== undefined && spellingsOf(person).includes(readPerson(other) ?? '');
}

/** What is no number is left for the check of the registration, which names it with its option. */
function readNumber(text: string): number | string {
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : text;
}
