import { expect, test } from 'vitest';
import type { ModelRef } from '../core/models/model-ref.ts';
import { checkBody } from './body-rules.ts';

const CLAUDE: ModelRef = { provider: 'anthropic', model: 'claude-sonnet-5' };
const OPENAI: ModelRef = { provider: 'openai', model: 'gpt-5.5' };
const HELLO = [{ role: 'user', content: 'hello' }];

const claude = (more: object, ref = CLAUDE, mayReachOut = false) =>
  checkBody({ model: 'claude-sonnet-5', messages: HELLO, ...more }, { ref, mayReachOut });
const openai = (more: object, mayReachOut = false) =>
  checkBody({ model: 'gpt-5.5', input: HELLO, ...more }, { ref: OPENAI, mayReachOut });
const content = (...blocks: object[]) => ({ messages: [{ role: 'user', content: blocks }] });

test.each<[string, ModelRef, string, boolean]>([
  ['its own model', CLAUDE, 'claude-sonnet-5', true],
  ['a haiku beside it', CLAUDE, 'claude-haiku-5-5', true],
  ['a dearer model', CLAUDE, 'claude-opus-5-5', false],
  ['a longer name', CLAUDE, 'claude-sonnet-5-5', false],
  [
    'the model with its long context',
    { ...CLAUDE, model: 'claude-sonnet-5[1m]' },
    'claude-sonnet-5',
    true,
  ],
  ['the newest of its family', { ...CLAUDE, model: 'opus' }, 'claude-opus-5-5', true],
  ['the newest of another family', { ...CLAUDE, model: 'sonnet' }, 'claude-opus-5-5', false],
  ['its own model of OpenAI', OPENAI, 'gpt-5.5', true],
  ['another one of OpenAI', OPENAI, 'gpt-6.1-sol', false],
  ['a haiku at OpenAI', OPENAI, 'claude-haiku-5-5', false],
])('an agent may ask its route’s model alone: %s', (_, ref, model, isAllowed) => {
  const body = { model, messages: HELLO, input: HELLO };
  for (const mayReachOut of [false, true]) {
    expect(checkBody(body, { ref, mayReachOut }).ok).toBe(isAllowed);
  }
});

test.each([undefined, null, 'text', [], {}, { model: 7 }, { model: null }])(
  'what is no request of a model is refused: %j',
  (body) => {
    expect(checkBody(body, { ref: OPENAI, mayReachOut: true }).ok).toBe(false);
  },
);

test('a body deeper than any conversation is refused before it is written again', () => {
  const deep = (levels: number): unknown =>
    JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
  expect(openai({ input: deep(90) }).ok).toBe(true);
  expect(openai({ input: deep(100_000) }).ok).toBe(false);
});

const OWN_OF_CLAUDE: object[] = [
  { tools: [{ name: 'Bash', input_schema: { properties: { url: { type: 'string' } } } }] },
  {
    tools: [
      { type: 'custom', name: 'x' },
      { type: 'bash_20250124', name: 'bash' },
    ],
  },
  { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
  content({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA' } }),
  content({
    type: 'tool_use',
    id: '1',
    name: 'x',
    input: { source: { type: 'url', url: 'http://x' } },
  }),
  content({ type: 'tool_result', tool_use_id: '1', content: [{ type: 'text', text: 'x' }] }),
  content({ type: 'tool_result', tool_use_id: '1' }),
  content({
    type: 'document',
    source: { type: 'content', content: [{ type: 'text', text: 'x' }] },
  }),
];
const REACHING_OF_CLAUDE: object[] = [
  { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] },
  { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] },
  { tools: [{ type: 'mcp_toolset', mcp_server_name: 'x' }] },
  { tools: [{ type: 'a_new_one_20270101', name: 'x' }] },
  { tools: { 0: { type: 'web_search_20250305' } } },
  { mcp_servers: [{ type: 'url', url: 'https://x', name: 'x' }] },
  { container: { skills: [] } },
  content({ type: 'image', source: { type: 'url', url: 'https://x/?secret' } }),
  content({ type: 'image', source: { type: 'file', file_id: 'x' } }),
  content({ type: 'document', source: { type: 'url', url: 'https://x' } }),
  content({ type: 'image' }),
  content({ type: 'image', source: 'https://x' }),
  content({ type: 'container_upload', file_id: 'x' }),
  content({ type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] }),
  content({
    type: 'document',
    source: { type: 'content', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] },
  }),
  content({ text: 'without a type' }),
  { messages: [{ role: 'user', content: { type: 'image', source: { type: 'url', url: 'x' } } }] },
  { system: [{ type: 'image', source: { type: 'url', url: 'x' } }] },
  { messages: { role: 'user', content: 'x' } },
];

test.each(OWN_OF_CLAUDE)('the Messages API is asked what needs nobody else: %j', (more) => {
  expect(claude(more)).toEqual({ ok: true, asked: 'own' });
});
test.each(REACHING_OF_CLAUDE)(
  'T12: Claude’s server reaches out for an open group alone: %j',
  (more) => {
    expect(claude(more).ok).toBe(false);
    expect(claude(more, CLAUDE, true).ok).toBe(true);
  },
);

const call = { type: 'function_call', call_id: '1', name: 'x', arguments: '{"file_id":"x"}' };
const message = (part: object) => ({ input: [{ type: 'message', role: 'user', content: [part] }] });
const OWN_OF_OPENAI: object[] = [
  { tools: [{ type: 'function', name: 'x', parameters: { properties: { file_id: {} } } }] },
  { tools: [{ type: 'namespace', name: 'x', tools: [{ type: 'function', name: 'y' }] }] },
  { tools: [{ type: 'tool_search', execution: 'client' }] },
  {
    input: [
      { type: 'additional_tools', tools: [{ type: 'custom', parameters: { image_url: {} } }] },
    ],
  },
  { input: [call, { type: 'function_call_output', call_id: '1', output: 'x' }] },
  message({ type: 'input_image', image_url: 'data:image/png;base64,AA' }),
  { input: 'hello', tools: null },
  { instructions: 'Be kind.', text: { format: { schema: { properties: { file_url: {} } } } } },
];
const REACHING_OF_OPENAI: object[] = [
  { tools: [{ type: 'web_search' }] },
  { tools: [{ type: 'web_search_preview_2025_03_11' }] },
  { tools: [{ type: 'file_search', vector_store_ids: [] }] },
  { tools: [{ type: 'mcp', server_url: 'https://x' }] },
  { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
  { tools: [{ type: 'image_generation' }] },
  { tools: [{ type: 'computer' }] },
  { tools: [{ type: 'tool_search' }] },
  { tools: [{ type: 'namespace', tools: [{ type: 'web_search' }] }] },
  { tools: { 0: { type: 'web_search' } } },
  { tools: [null] },
  { input: [{ type: 'additional_tools', tools: [{ type: 'web_search' }] }] },
  { input: { 0: { type: 'additional_tools', tools: [{ type: 'web_search' }] } } },
  { input: [{ type: 'message', tools: [], content: [{ image_url: 'https://x/?secret' }] }] },
  { instructions: [{ content: [{ type: 'input_file', file_url: 'https://x/?secret' }] }] },
  { prompt: { id: 'pmpt_1' } },
  { conversation: 'conv_1' },
  { previous_response_id: 'resp_1' },
  message({ type: 'input_image', image_url: 'https://x/?secret' }),
  message({ type: 'input_image', image_url: { url: 'https://x' } }),
  message({ type: 'input_image', file_id: 'file_1' }),
  message({ type: 'input_file', file_url: 'https://x' }),
  {
    input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: '//x' }] }],
  },
];

test.each(OWN_OF_OPENAI)('the Responses API is asked what needs nobody else: %j', (more) => {
  expect(openai(more)).toEqual({ ok: true, asked: 'own' });
});
test.each(REACHING_OF_OPENAI)(
  'T12: OpenAI’s server reaches out for an open group alone: %j',
  (more) => {
    expect(openai(more).ok).toBe(false);
    expect(openai(more, true).ok).toBe(true);
  },
);

test('no group’s request goes on in the background, where nobody counts it', () => {
  expect(openai({ background: true }, true).ok).toBe(false);
});

test('a refusal names what was too much', () => {
  expect(openai({ tools: [{ type: 'web_search' }] })).toEqual({
    ok: false,
    message:
      'This group\'s agent may not let the model\'s server reach out for it: the tool "web_search".',
  });
});
