import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { envSchema } from '../../src/config.ts';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { parseRegistrations } from '../../src/registrations/text.ts';
import { codeBlocks, projectRoot, readDoc, section, tableRows } from './markdown.ts';

const doc = readDoc('docs/configuration.md');

/** The part of a JSON schema that these tests look at. */
interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  default?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  enum?: string[];
}

function toSchemaNode(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { unrepresentable: 'any' }) as SchemaNode;
}

/** Dotted paths of all fields that hold a value; `[]` marks the entries of a list. */
function leafPaths(node: SchemaNode, path = ''): string[] {
  if (node.items !== undefined) return leafPaths(node.items, `${path}[]`);
  if (node.properties === undefined) return [path];
  return Object.entries(node.properties).flatMap(([name, child]) =>
    leafPaths(child, path === '' ? name : `${path}.${name}`),
  );
}

describe('the table of variables', () => {
  const rows = new Map(
    tableRows(section(doc, 'Variables')).map(([name = '', ...cells]) => [
      name.replaceAll('`', ''),
      cells,
    ]),
  );
  const variables = Object.entries(toSchemaNode(envSchema).properties ?? {});

  test('names exactly the variables that are read', () => {
    expect([...rows.keys()].toSorted()).toEqual(Object.keys(envSchema.shape).toSorted());
  });

  test('gives the defaults of the code', () => {
    const wrong = variables.filter(([name, { default: value }]) => {
      const hasDefault = value !== undefined && value !== '';
      return hasDefault && rows.get(name)?.[0] !== `\`${value}\``;
    });
    expect(wrong).toEqual([]);
  });

  test('gives the limits of the code', () => {
    const missing = variables.flatMap(([name, { minimum, maximum, enum: values = [] }]) => {
      const range = minimum === undefined ? [] : [`${minimum} to ${maximum}`];
      const wanted = [...range, ...values.map((value) => `\`${value}\``)];
      const limits = rows.get(name)?.[2] ?? '';
      return wanted.filter((limit) => !limits.includes(limit)).map((limit) => ({ name, limit }));
    });
    expect(missing).toEqual([]);
  });

  test('has the variables of .env.example', () => {
    const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
    const uncommented = example.replaceAll(/^# ([A-Z][A-Z0-9_]*=)/gm, '$1');
    expect(Object.keys(parseEnv(uncommented)).toSorted()).toEqual([...rows.keys()].toSorted());
  });
});

describe('the part about registered groups', () => {
  const part = section(doc, 'Registered groups');

  test('names exactly the fields that are read', () => {
    const named = tableRows(part).map(([name = '']) => name.replaceAll('`', ''));
    expect(named.toSorted()).toEqual(leafPaths(toSchemaNode(registeredGroupSchema)).toSorted());
  });

  test('shows an example that loads, with a group of each provider', () => {
    const [example] = codeBlocks(part, 'json registrations');
    const parsed = parseRegistrations(example);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect([...parsed.groups.values()].map((group) => group.provider)).toEqual(['claude', 'codex']);
  });
});
