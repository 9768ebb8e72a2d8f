import { decodeLine } from '@deckhand/protocol';
import { checkBody } from '../../../src/model-proxy/body-rules.ts';
import { findModelPath } from '../../../src/model-proxy/model-path.ts';
import { joinFields, splitFields } from '../fields.ts';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { demandSaneObjects } from '../sane-objects.ts';

const REFS = [
  { provider: 'anthropic', model: 'claude-sonnet-5' },
  { provider: 'openai', model: 'gpt-6.1-sol' },
] as const;
const PATHS =
  /^(?:\/v1\/messages(?:\/count_tokens)?(?:\?beta=true)?|\/responses|\/models(?:\?client_version=[\w.-]{1,40})?)$/;
/** Tools that run at the model's server, by how their types begin. */
const SERVER_TOOL =
  /^(?:web_search|web_fetch|code_execution|mcp|file_search|code_interpreter|image_generation|computer)/;

const ASKS = [
  {
    model: 'claude-sonnet-5',
    system: [{ type: 'text', text: 'Be kind.' }],
    tools: [
      { name: 'Bash', input_schema: { type: 'object' } },
      { type: 'bash_20250124', name: 'bash' },
    ],
    messages: [
      { role: 'user', content: [{ type: 'image', source: { type: 'base64', data: 'AA==' } }] },
      { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'x' }] }] },
    ],
  },
  {
    model: 'claude-sonnet-5',
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
    messages: [{ role: 'user', content: 'Hi' }],
  },
  {
    model: 'gpt-6.1-sol',
    tools: [
      { type: 'function', name: 'shell' },
      { type: 'namespace', tools: [{ type: 'custom' }] },
    ],
    input: [
      {
        type: 'message',
        content: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }],
      },
    ],
  },
  {
    model: 'gpt-6.1-sol',
    tools: [{ type: 'mcp', server_url: 'https://evil.example' }],
    input: [{ type: 'additional_tools', tools: [{ type: 'web_search' }] }],
  },
].map((ask) => JSON.stringify(ask));

/** What a container says to its model: the request line, and a body under a policy that lets nothing else out. */
export const modelRequestTarget: FuzzTarget = {
  name: 'model-request',
  corpus: [
    ...ASKS,
    joinFields(ASKS[0] ?? '', 'POST', '/v1/messages?beta=true'),
    joinFields('{}', 'GET', '/models?client_version=0.1'),
    joinFields('{}', 'POST', '/responses/../v1/files'),
  ],
  tokens: [
    '"type":"web_search"',
    '"type":"mcp"',
    '"mcp_servers":[{}]',
    '"image_url":"https://x"',
    '"file_id":"x"',
    '"model":"other"',
    '"background":true',
    '\x1ePOST\x1e/responses',
    '..',
    '//',
    '%2f',
    '?',
    '#',
    '\r\n',
    'https://evil.example',
  ],
  maxBytes: 65_536,
  check(input) {
    const [body = '', method = '', target = ''] = splitFields(input, 3);
    const decoded = decodeLine(body);
    for (const ref of REFS) {
      const path = findModelPath(ref.provider, method, target);
      demand(path === undefined || PATHS.test(path.path), 'a path beside the model');
      if (!decoded.ok) continue;
      const checked = checkBody(decoded.value, { ref, mayReachOut: false });
      demandSaneObjects();
      if (checked.ok) demandPlain(JSON.parse(JSON.stringify(decoded.value)), ref.model);
      else
        demand(
          checked.message.length > 0 && checked.message.length < 300,
          'a refusal without a sentence',
        );
    }
  },
};

function demandPlain(ask: Record<string, unknown>, model: string): void {
  const asked = String(ask['model']);
  demand(
    asked.replace(/\[1m\]$/i, '') === model || asked.startsWith('claude-haiku-'),
    'another model',
  );
  demand(ask['background'] !== true, 'a request that goes on by itself');
  demand(
    ask['mcp_servers'] === undefined || ask['mcp_servers'] === null || model.startsWith('gpt'),
    'a server of tools',
  );
  const tools: unknown = ask['tools'] ?? [];
  const typeOf = (tool: { type?: unknown } | null) =>
    typeof tool?.type === 'string' ? tool.type : '';
  demand(
    Array.isArray(tools) && !tools.some((tool) => SERVER_TOOL.test(typeOf(tool))),
    "a tool of the model's server",
  );
}
