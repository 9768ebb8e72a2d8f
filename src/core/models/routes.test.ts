import { expect, test } from 'vitest';
import { builtInModels } from './built-in.ts';
import { CHATGPT_PRESET } from './preset.ts';
import { planRoutes, type RouteInput } from './routes.ts';

const builtIn = builtInModels({});
const preset = CHATGPT_PRESET.setting;

function plan(group: RouteInput['group'], defaults: RouteInput['defaults'] = {}) {
  const { routes, problems, notes } = planRoutes({ group, defaults, builtIn });
  return { chain: routes.map(({ name, agent }) => `${name} by ${agent}`), problems, notes };
}

test('without any choice the built-in model is asked, by sign-in first and by key then', () => {
  expect(plan({ provider: 'codex' }).chain).toEqual([
    'openai-codex/gpt-6.1-sol by codex',
    'openai/gpt-6.1-sol by codex',
  ]);
  expect(plan({ provider: 'responses' }).chain[0]).toBe('openai-codex/gpt-6.1-sol by responses');
  expect(plan({ provider: 'claude' }).chain).toEqual(['anthropic/claude-sonnet-5 by claude']);
});

test('the stored default wins over the built-in one, and the choice of the group over both', () => {
  const defaults = { openai: preset, claude: 'anthropic/claude-opus-5' };
  expect(plan({ provider: 'codex' }, defaults)).toEqual({
    chain: [
      'openai-codex/gpt-5.3-codex by codex',
      'openai/gpt-5.2-codex by codex',
      'openai/gpt-4o-mini by codex',
    ],
    problems: [],
    notes: [],
  });
  expect(plan({ provider: 'claude' }, defaults).chain).toEqual([
    'anthropic/claude-opus-5 by claude',
  ]);
  expect(plan({ provider: 'codex', model: 'openai/gpt-5.5' }, defaults).chain).toEqual([
    'openai/gpt-5.5 by codex',
  ]);
});

test('names are normalized, so that one model under two names is asked once', () => {
  const model = { primary: 'openai/gpt-5.3-codex', fallbacks: ['openai-codex/gpt-5.3-codex'] };
  expect(plan({ provider: 'responses', model }).chain).toEqual([
    'openai-codex/gpt-5.3-codex by responses',
  ]);
});

test('a bare name means the provider of the group', () => {
  expect(plan({ provider: 'codex', model: 'gpt-5.5' }).chain).toEqual([
    'openai-codex/gpt-5.5 by codex',
    'openai/gpt-5.5 by codex',
  ]);
  expect(plan({ provider: 'codex', model: 'gpt-5.3-codex' }).chain).toEqual([
    'openai-codex/gpt-5.3-codex by codex',
  ]);
  expect(plan({ provider: 'claude', model: 'claude-opus-5' }).chain).toEqual([
    'anthropic/claude-opus-5 by claude',
  ]);
});

test('a name that cannot be read is left out with a sentence', () => {
  const model = { primary: 'mistral/large', fallbacks: ['openai/gpt-5.5'] };
  const { chain, problems } = plan({ provider: 'codex', model });
  expect(chain).toEqual(['openai/gpt-5.5 by codex']);
  expect(problems).toEqual([expect.stringContaining('"mistral/large"')]);
});

test('a claude group asks models of Claude only', () => {
  const model = { primary: 'openai/gpt-5.5', fallbacks: ['anthropic/claude-opus-5'] };
  const { chain, problems } = plan({ provider: 'claude', model });
  expect(chain).toEqual(['anthropic/claude-opus-5 by claude']);
  expect(problems).toEqual([expect.stringContaining('openai/gpt-5.5 is not a model of Claude')]);
});

test('a group of OpenAI is answered by Claude only when it allows that', () => {
  const model = { primary: 'anthropic/claude-opus-5', fallbacks: ['openai/gpt-5.5'] };
  const { chain, problems } = plan({ provider: 'codex', model });
  expect(chain).toEqual(['openai/gpt-5.5 by codex']);
  expect(problems).toEqual([expect.stringContaining('"fallbackToClaude"')]);
});

test('a group that allows Claude asks it where the chain names it', () => {
  const model = { primary: 'anthropic/claude-opus-5', fallbacks: ['openai/gpt-5.5'] };
  expect(plan({ provider: 'codex', model, fallbackToClaude: true })).toEqual({
    chain: ['anthropic/claude-opus-5 by claude', 'openai/gpt-5.5 by codex'],
    problems: [],
    notes: [],
  });
});

test('a group that allows Claude and names no model of it asks the default of Claude last', () => {
  const group = { provider: 'codex', model: 'openai/gpt-5.5', fallbackToClaude: true } as const;
  expect(plan(group).chain).toEqual([
    'openai/gpt-5.5 by codex',
    'anthropic/claude-sonnet-5 by claude',
  ]);
  expect(plan(group, { claude: 'anthropic/claude-opus-5' }).chain.at(-1)).toBe(
    'anthropic/claude-opus-5 by claude',
  );
});

test('a pinned credential keeps the models that it serves', () => {
  const chatgpt = { codex: { approvalPolicy: 'auto', authMethod: 'chatgpt' } } as const;
  const key = { codex: { approvalPolicy: 'auto', authMethod: 'api_key' } } as const;
  const model = preset;
  expect(plan({ provider: 'codex', model, providerConfig: chatgpt })).toEqual({
    chain: ['openai-codex/gpt-5.3-codex by codex'],
    problems: [],
    notes: [
      'openai/gpt-5.2-codex is left out: the group is set to auth chatgpt.',
      'openai/gpt-4o-mini is left out: the group is set to auth chatgpt.',
    ],
  });
  expect(plan({ provider: 'codex', model, providerConfig: key }).chain).toEqual([
    'openai/gpt-5.2-codex by codex',
    'openai/gpt-4o-mini by codex',
  ]);
  expect(plan({ provider: 'codex', providerConfig: key }).chain).toEqual([
    'openai/gpt-6.1-sol by codex',
  ]);
});

test('a pinned credential does not concern the models of Claude', () => {
  const providerConfig = { codex: { approvalPolicy: 'auto', authMethod: 'api_key' } } as const;
  const group = { provider: 'codex', providerConfig, fallbackToClaude: true } as const;
  const claude = 'anthropic/claude-opus-5';
  const kept = { primary: claude, fallbacks: ['openai/gpt-5.5'] };
  expect(plan({ ...group, model: kept }).chain[0]).toBe(`${claude} by claude`);
  const moved = { primary: claude, fallbacks: ['openai-codex/gpt-5.5'] };
  expect(plan({ ...group, model: moved }).chain).toEqual([
    `${claude} by claude`,
    'openai/gpt-5.5 by codex',
  ]);
});

test("a pinned credential of the group's other program does not count", () => {
  const providerConfig = { codex: { approvalPolicy: 'auto', authMethod: 'api_key' } } as const;
  expect(plan({ provider: 'responses', model: 'gpt-5.5', providerConfig }).chain).toHaveLength(2);
});

test('a model that the pinned credential does not serve is asked through it rather than not at all', () => {
  const providerConfig = { codex: { approvalPolicy: 'auto', authMethod: 'api_key' } } as const;
  const { chain, notes } = plan({ provider: 'codex', model: 'gpt-5.3-codex', providerConfig });
  expect(chain).toEqual(['openai/gpt-5.3-codex by codex']);
  expect(notes).toEqual([
    'openai-codex/gpt-5.3-codex is asked as openai/gpt-5.3-codex: the group is set to auth api_key.',
  ]);
});

test('a setting without any usable name gives an empty chain and never throws', () => {
  expect(plan({ provider: 'codex', model: 'x/y' })).toEqual({
    chain: [],
    problems: [expect.stringContaining('"x/y"')],
    notes: [],
  });
});
