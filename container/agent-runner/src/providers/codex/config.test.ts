import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { completeConfig, parseConfig } from './config.ts';

test('an absent file gets the quiet settings and then needs nothing more', () => {
  const text = completeConfig(undefined)!;
  expect(parseConfig(text)).toMatchObject({
    check_for_update_on_startup: false,
    web_search: 'disabled',
    features: { plugins: false, unbounded_connection_retries: false },
    shell_environment_policy: { exclude: ['CODEX_*', '*KEY*', '*TOKEN*', '*SECRET*'] },
  });
  expect(completeConfig(text)).toBeUndefined();
});

test('what the person wrote keeps its text, comments included', () => {
  const own = [
    '# my settings',
    'model = "gpt-5.5" # the cheap one',
    'web_search = "live"',
    '',
    '[features] # mine',
    'plugins = true',
    '[mcp_servers.notes]',
    'command = "/bin/notes"',
  ];
  const text = completeConfig(own.join('\n'))!;
  for (const line of own) expect(text.split('\n')).toContain(line);
  expect(parseConfig(text)).toMatchObject({
    web_search: 'live',
    features: { plugins: true, apps: false },
    mcp_servers: { notes: { command: '/bin/notes' } },
    analytics: { enabled: false },
  });
});

test.each([
  ['inline tables', 'features = { plugins = true }\n'],
  ['dotted keys', 'features.plugins = true\n'],
  ['quoted headers', '["features"]\nplugins = true\n'],
  ['a header inside a string', 'note = """\n[features]\n"""\nfeatures.plugins = true\n'],
  ['a byte order mark', '\uFEFF[features]\nplugins = true\n'],
])('%s keep their values and get what they lack', (_title, own) => {
  const text = completeConfig(own)!;
  expect(parseConfig(text)).toMatchObject({
    ...parseConfig(own),
    features: { plugins: true, apps: false },
  });
  expect(completeConfig(text)).toBeUndefined();
});

test('a value of another kind than ours is the person’s', () => {
  expect(parseConfig(completeConfig('features = "none"\nskills = 3\n')!)).toMatchObject({
    features: 'none',
    skills: 3,
  });
});

const key = fc.oneof(
  fc.constantFrom('features', 'web_search', 'analytics', 'enabled', 'plugins', 'bundled', 'skills'),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== '__proto__'),
);
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }),
);
const { table } = fc.letrec<{ table: Record<string, unknown> }>((tie) => ({
  table: fc.dictionary(
    key,
    fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(scalar.filter((value) => typeof value === 'string')),
      tie('table'),
    ),
    { maxKeys: 5 },
  ),
}));

test('every key of the person survives with its value', () => {
  fc.assert(
    fc.property(table, (own) => {
      const before = parseConfig(stringify(own));
      const completed = completeConfig(stringify(own));
      if (completed === undefined) return;
      expect(parseConfig(completed)).toMatchObject(before);
      expect(completeConfig(completed)).toBeUndefined();
    }),
  );
});
