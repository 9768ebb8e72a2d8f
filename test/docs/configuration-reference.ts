import { z } from 'zod';
import { registeredGroupSchema } from '../../src/core/group.ts';
import { envSchema } from '../../src/env-schema.ts';

/** The part of a JSON schema that is documented; `unset` and `limits` come from `.meta()`. */
interface SchemaNode {
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  default?: string | number | boolean;
  minimum?: number;
  maximum?: number;
  enum?: string[];
  description?: string;
  unset?: string;
  limits?: string;
}

/** docs/configuration.md with its two tables made anew. */
export function renewConfiguration(doc: string): string {
  const variables = Object.entries(toSchemaNode(envSchema).properties ?? {}).map(variableRow);
  const fields = fieldRows(toSchemaNode(registeredGroupSchema));
  return [
    {
      name: 'variables',
      head: '| Name | Default | Meaning | Limits |\n|---|---|---|---|',
      rows: variables,
    },
    { name: 'fields', head: '| Field | Default | Meaning |\n|---|---|---|', rows: fields },
  ].reduce(
    (text, { name, head, rows }) => replaceTable(text, name, [head, ...rows].join('\n')),
    doc,
  );
}

function replaceTable(text: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}: written by \`npm run docs\` -->`, `<!-- end of ${name} -->`];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/configuration.md has lost its marks for ${name}`);
  return `${before}${start}\n\n${table}\n\n${end}${after}`;
}

/** As people write it: a field with a default may be left out. */
function toSchemaNode(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as SchemaNode;
}

function variableRow([name, node]: [string, SchemaNode]): string {
  const { minimum, maximum, enum: choices = [] } = node;
  const limits = [
    ...(minimum === undefined ? [] : [`${minimum} to ${maximum}`]),
    ...(choices.length === 0 ? [] : [choices.map((choice) => `\`${choice}\``).join(', ')]),
    ...(node.limits === undefined ? [] : [node.limits]),
  ];
  return row(name, [defaultOf(node, 'unset'), describe(name, node), limits.join('; ')]);
}

/** One row per field that holds a value, by its path; `[]` marks the entries of a list. */
function fieldRows(node: SchemaNode, path = '', isRequired = false): string[] {
  if (node.items?.properties !== undefined) return fieldRows(node.items, `${path}[]`);
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      fieldRows(child, path === '' ? name : `${path}.${name}`, node.required?.includes(name)),
    );
  }
  const name = node.items === undefined ? path : `${path}[]`;
  return [row(name, [defaultOf(node, isRequired ? 'required' : 'unset'), describe(name, node)])];
}

function defaultOf(node: SchemaNode, otherwise: string): string {
  if (node.unset !== undefined) return node.unset;
  return node.default === undefined ? otherwise : `\`${node.default}\``;
}

function describe(name: string, { description }: SchemaNode): string {
  if (description === undefined) throw new Error(`${name} has no description in its schema`);
  return description;
}

function row(name: string, cells: readonly string[]): string {
  return `| ${[`\`${name}\``, ...cells].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
