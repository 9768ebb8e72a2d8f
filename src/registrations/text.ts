import {
  checkRegistrations,
  type GroupMap,
  type RegistrationProblem,
} from '../core/registration.ts';
import { findDuplicateKeys } from './duplicate-keys.ts';

/** The entries as a person wrote them: an edit keeps their fields, order and omissions. */
export type RawRegistrations = Record<string, unknown>;

export type ParsedRegistrations =
  | { ok: true; groups: GroupMap; raw: RawRegistrations }
  | { ok: false; problems: readonly RegistrationProblem[] };

/** An undefined text is a missing file, which registers nothing. */
export function parseRegistrations(text: string | undefined): ParsedRegistrations {
  const parsed = parseJson(text ?? '{}');
  if (!parsed.ok) return parsed;
  const check = checkRegistrations(parsed.value);
  const duplicates = findDuplicateKeys(text ?? '{}').map((path) => ({
    path,
    message: 'occurs twice; keep one',
  }));
  if (check.ok && duplicates.length === 0) {
    // checkRegistrations has found it to be an object of objects.
    return { ok: true, groups: check.groups, raw: parsed.value as RawRegistrations };
  }
  return { ok: false, problems: [...duplicates, ...(check.ok ? [] : check.problems)] };
}

export function formatRegistrations(raw: RawRegistrations): string {
  return `${JSON.stringify(raw, undefined, 2)}\n`;
}

/** One line per problem, for a terminal or an error message. */
export function formatProblems(problems: readonly RegistrationProblem[]): string {
  return problems
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('\n');
}

function parseJson(
  text: string,
): { ok: true; value: unknown } | { ok: false; problems: RegistrationProblem[] } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const message = `is not valid JSON: ${error.message}. Mend it, or delete the file to start empty`;
    return { ok: false, problems: [{ path: '', message }] };
  }
}
