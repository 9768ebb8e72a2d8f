import { isDeepStrictEqual } from 'node:util';
import { parse, stringify, type TomlTable, type TomlValue } from 'smol-toml';

/** Variables of the CLI's process that no tool command may see. */
export const HIDDEN_FROM_TOOLS: readonly string[] = ['CODEX_*', '*KEY*', '*TOKEN*', '*SECRET*'];

/** No outside calls but the model's; measured on CLI 0.169. */
const QUIET_CONFIG: TomlTable = {
  check_for_update_on_startup: false,
  web_search: 'disabled',
  cli_auth_credentials_store: 'file',
  analytics: { enabled: false },
  feedback: { enabled: false },
  skills: { include_instructions: false, bundled: { enabled: false } },
  shell_environment_policy: { exclude: [...HIDDEN_FROM_TOOLS] },
  features: { plugins: false, apps: false, goals: false, unbounded_connection_retries: false },
};

const isTable = (value: TomlValue | undefined): value is TomlTable =>
  typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);

/** The part of `wanted` that `present` lacks. A key that is there counts, whatever its value. */
function missingPart(present: TomlTable, wanted: TomlTable): TomlTable {
  const missing: TomlTable = {};
  for (const [key, value] of Object.entries(wanted)) {
    const own = Object.hasOwn(present, key) ? present[key] : undefined;
    if (own === undefined) missing[key] = value;
    else if (isTable(own) && isTable(value)) {
      const inner = missingPart(own, value);
      if (Object.keys(inner).length > 0) missing[key] = inner;
    }
  }
  return missing;
}

function mergeTables(present: TomlTable, missing: TomlTable): TomlTable {
  const merged: TomlTable = { ...present };
  for (const [key, value] of Object.entries(missing)) {
    const own = Object.hasOwn(present, key) ? present[key] : undefined;
    merged[key] = isTable(own) && isTable(value) ? mergeTables(own, value) : value;
  }
  return merged;
}

function insertAfterHeader(text: string, header: string, lines: string): string | undefined {
  const match = new RegExp(
    `^[ \\t]*\\[${header.replaceAll('.', '\\.')}\\][ \\t]*(?:#.*)?$`,
    'm',
  ).exec(text);
  if (!match) return undefined;
  const end = match.index + match[0].length;
  return `${text.slice(0, end)}\n${lines.trimEnd()}${text.slice(end)}`;
}

/** Adds what is missing as text, so that the person's comments and layout stay. */
function insertMissing(text: string, present: TomlTable, missing: TomlTable, path = ''): string {
  let scalars: TomlTable = {};
  let result = text;
  for (const [key, value] of Object.entries(missing)) {
    const own = present[key];
    const name = path === '' ? key : `${path}.${key}`;
    if (isTable(own) && isTable(value)) result = insertMissing(result, own, value, name);
    else if (isTable(value))
      result = `${result.trimEnd()}\n\n${stringify(nest(name, value)).trimStart()}`;
    else scalars = { ...scalars, [key]: value };
  }
  if (Object.keys(scalars).length === 0) return result;
  const lines = stringify(scalars);
  return path === '' ? `${lines}${result}` : (insertAfterHeader(result, path, lines) ?? result);
}

function nest(path: string, value: TomlTable): TomlTable {
  return path.split('.').reduceRight<TomlTable>((inner, key) => ({ [key]: inner }), value);
}

function parsesTo(text: string, wanted: TomlTable): boolean {
  try {
    return isDeepStrictEqual(parseConfig(text), parseConfig(stringify(wanted)));
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Integers beyond 2^53 stay exact. Throws a TomlError with line and column when it is no TOML. */
export function parseConfig(text: string): TomlTable {
  return parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: 'asNeeded' });
}

/**
 * The text that config.toml should have, or undefined when it needs no change. The person's keys keep
 * their values; comments stay unless a table is written in a way that text cannot be added to.
 */
export function completeConfig(text: string | undefined): string | undefined {
  if (text === undefined) return stringify(QUIET_CONFIG);
  const present = parseConfig(text);
  const missing = missingPart(present, QUIET_CONFIG);
  if (Object.keys(missing).length === 0) return undefined;
  const merged = mergeTables(present, missing);
  const inserted = insertMissing(text.replace(/^\uFEFF/, ''), present, missing);
  return parsesTo(inserted, merged) ? inserted : stringify(merged);
}
