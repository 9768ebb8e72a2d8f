import { expect, test } from 'vitest';
import { approvalPolicyOf, type RegisteredGroup, registeredGroupSchema } from '../group.ts';
import { builtInModels } from '../models/built-in.ts';
import { planRoutes } from '../models/routes.ts';
import { type AskChoice, chooseTarget, routesOfAgent } from './target.ts';
import { terminalGroup } from './terminal-group.ts';

const groupOf = (fields: object) =>
  registeredGroupSchema.parse({ jid: '1@g.us', name: 'A', folder: 'a', ...fields });
const claude = groupOf({});
const codex = groupOf({ provider: 'codex' });

function routes(group: RegisteredGroup, choice: AskChoice): string[] {
  const chosen = chooseTarget(group, choice);
  if (!chosen.ok) throw new Error(chosen.reason);
  const { target } = chosen;
  const plan = planRoutes({ group: target.group, defaults: {}, builtIn: builtInModels({}) });
  return routesOfAgent(plan, target).routes.map(({ agent, name }) => `${agent} ${name}`);
}

test.each<[string, RegisteredGroup, AskChoice, string[]]>([
  ['nothing leaves it to the group', claude, {}, ['claude anthropic/claude-sonnet-5']],
  [
    'a model of OpenAI in a claude group is asked by codex',
    claude,
    { model: 'openai/gpt-4o-mini' },
    ['codex openai/gpt-4o-mini'],
  ],
  [
    'a model of OpenAI in a responses group is asked by its own agent',
    groupOf({ provider: 'responses' }),
    { model: 'openai/gpt-4o-mini' },
    ['responses openai/gpt-4o-mini'],
  ],
  [
    'a model of Claude in a codex group is asked by claude alone',
    codex,
    { model: 'anthropic/claude-opus-5' },
    ['claude anthropic/claude-opus-5'],
  ],
  [
    'a provider alone asks its default model',
    codex,
    { provider: 'claude' },
    ['claude anthropic/claude-sonnet-5'],
  ],
  [
    'a provider keeps the models that it shares with the group',
    groupOf({ provider: 'codex', model: 'openai/gpt-5.5' }),
    { provider: 'responses' },
    ['responses openai/gpt-5.5'],
  ],
  [
    'a provider leaves out the models that it cannot ask',
    groupOf({ model: 'anthropic/claude-opus-5' }),
    { provider: 'responses', model: 'openai-codex/gpt-5.5' },
    ['responses openai-codex/gpt-5.5'],
  ],
  [
    'a model is the only one that is asked',
    groupOf({ provider: 'codex', fallbackToClaude: true }),
    { model: 'openai-codex/gpt-5.5' },
    ['codex openai-codex/gpt-5.5'],
  ],
  [
    'a name is normalized',
    terminalGroup('codex'),
    { model: 'openai/gpt-5.3-codex' },
    ['codex openai-codex/gpt-5.3-codex'],
  ],
])('%s', (_title, group, choice, expected) => {
  expect(routes(group, choice)).toEqual(expected);
});

test('a name that is asked otherwise is told', () => {
  expect(chooseTarget(codex, { model: 'openai/gpt-5.3-codex' })).toMatchObject({
    target: { note: expect.stringContaining('openai-codex/gpt-5.3-codex') },
  });
  expect(chooseTarget(codex, { model: 'openai/gpt-5.5' })).not.toHaveProperty('target.note');
});

test.each<[AskChoice, string]>([
  [{ model: 'gpt-5.5' }, 'full name'],
  [{ model: 'mistral/large' }, 'full name'],
  [{ model: 'openai/gpt-5.5', provider: 'claude' }, 'does not fit --provider claude'],
  [{ model: 'anthropic/claude-opus-5', provider: 'codex' }, 'does not fit --provider codex'],
])('%j is refused', (choice, reason) => {
  expect(chooseTarget(codex, choice)).toMatchObject({
    ok: false,
    reason: expect.stringContaining(reason),
  });
});

test.each<[AskChoice]>([
  [{ provider: 'responses' }],
  [{ provider: 'claude' }],
  [{ model: 'anthropic/claude-opus-5' }],
])('%j cannot write what the group may not write', (choice) => {
  const providerConfig = { codex: { approvalPolicy: 'readonly' } };
  const chosen = chooseTarget(groupOf({ provider: 'codex', providerConfig }), choice);
  expect(chosen.ok && approvalPolicyOf(chosen.target.group)).toBe('readonly');
});
