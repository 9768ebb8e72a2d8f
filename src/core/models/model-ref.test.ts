import { expect, test } from 'vitest';
import {
  formatModelRef,
  modelProviderSchema,
  normalizeModel,
  parseModelName,
} from './model-ref.ts';

function normalized(name: string): string {
  const parsed = parseModelName(name);
  if (!parsed.ok) throw new Error(parsed.reason);
  return formatModelRef(normalizeModel(parsed.ref));
}

test('openai-codex is a registered provider', () => {
  expect(modelProviderSchema.options).toContain('openai-codex');
  expect(parseModelName('openai-codex/gpt-5.3-codex')).toEqual({
    ok: true,
    ref: { provider: 'openai-codex', model: 'gpt-5.3-codex' },
  });
});

test('the provider may be written in any case, the model is taken as it is', () => {
  expect(parseModelName('OpenAI/ft:gpt-4o:Org')).toEqual({
    ok: true,
    ref: { provider: 'openai', model: 'ft:gpt-4o:Org' },
  });
});

test.each(['gpt-5.5', 'mistral/large', '/gpt-5.5', ''])(
  'a name without a known provider is refused with the three there are: "%s"',
  (name) => {
    const parsed = parseModelName(name);
    expect(parsed.ok || parsed.reason).toContain('openai-codex/, openai/, anthropic/');
  },
);

test.each([
  'openai/',
  'openai/two words',
  'openai/line\nbreak',
  'openai/\u001b[31mred',
  'openai/nul\u0000',
  'openai/--option',
  `openai/${'x'.repeat(201)}`,
])('a name without a usable model is refused: %j', (name) =>
  expect(parseModelName(name).ok).toBe(false),
);

test.each(['anthropic/claude-opus-5[1m]', 'openai/ft:gpt-4o:org::id', 'openai/o3'])(
  '%s is a name',
  (name) => expect(parseModelName(name).ok).toBe(true),
);

test('openai/gpt-5.3-codex routes to openai-codex', () => {
  expect(normalized('openai/gpt-5.3-codex')).toBe('openai-codex/gpt-5.3-codex');
});

test.each([
  ['openai/GPT-5.3-Codex', 'openai-codex/gpt-5.3-codex'],
  ['OPENAI/gpt-5.3-codex-spark', 'openai-codex/gpt-5.3-codex-spark'],
  ['openai-codex/GPT-5.3-codex', 'openai-codex/gpt-5.3-codex'],
])('%s is normalized to %s', (name, expected) => expect(normalized(name)).toBe(expected));

test.each([
  'openai/gpt-5.2-codex',
  'openai/gpt-5.3-codexer',
  'openai/my-gpt-5.3-codex',
  'anthropic/gpt-5.3-codex',
])('%s stays', (name) => expect(normalized(name)).toBe(name));
