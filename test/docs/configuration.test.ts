import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { envSchema } from '../../src/env-schema.ts';
import { parseRegistrations } from '../../src/registrations/text.ts';
import { codeBlocks, projectRoot, readDoc, section } from './markdown.ts';

const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
const commented = parseEnv(example.replaceAll(/^# ([A-Z][A-Z0-9_]*=)/gm, '$1'));
/** Examples where the default cannot be written down. */
const EXAMPLES = ['TZ'];

test('.env.example has every variable, and sets none', () => {
  expect(Object.keys(commented).toSorted()).toEqual(Object.keys(envSchema.shape).toSorted());
  expect(parseEnv(example)).toEqual({});
});

test('.env.example shows the defaults of the schema', () => {
  const defaults = Object.entries(envSchema.parse({})).map(([name, value]) => [name, `${value}`]);
  const shown = Object.entries(commented).filter(
    ([name, value]) => value !== '' && !EXAMPLES.includes(name),
  );
  const wanted = defaults.filter(([, value]) => value !== '');
  expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(wanted));
});

test('every value that .env.example shows is accepted', () => {
  const filled = Object.entries(commented).filter(([, value]) => value !== '');
  expect(envSchema.safeParse(Object.fromEntries(filled))).toMatchObject({ success: true });
});

test('the example of registered groups loads, with a group of each provider', () => {
  const part = section(readDoc('docs/configuration.md'), 'Registered groups');
  const [text] = codeBlocks(part, 'json registrations');
  const parsed = parseRegistrations(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect([...parsed.groups.values()].map((group) => group.provider)).toEqual(['claude', 'codex']);
});
