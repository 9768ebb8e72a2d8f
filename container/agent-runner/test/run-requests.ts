import { PROTOCOL_VERSION, type RunRequest } from '@deckhand/protocol';
import type { ModelServer } from '../../../test/loopback/models/server.ts';

/** A request as the host writes it; `changes` replaces whole top-level fields. */
export function runRequest(
  provider: RunRequest['provider'],
  server: ModelServer,
  changes: Partial<RunRequest> = {},
): RunRequest {
  return {
    type: 'run',
    v: PROTOCOL_VERSION,
    runId: crypto.randomUUID(),
    provider,
    assistantName: 'Assistant',
    group: { jid: '123@g.us', name: 'Crew', folder: 'crew', isMain: false },
    globalMemory: 'GLOBAL-FACT: the boat is called Emma.',
    history: '',
    prompt: '<messages><message sender="Ada" time="09:00">hello</message></messages>',
    timeZone: 'Europe/Berlin',
    timeoutMs: 90_000,
    maxOutputChars: 10_000,
    codex: { approvalPolicy: 'auto', auth: 'api_key', baseUrl: server.openaiBaseUrl },
    claude: { baseUrl: server.anthropicBaseUrl },
    responses: responsesSettings(server),
    secrets: { OPENAI_API_KEY: 'sk-openai-test-key', ANTHROPIC_API_KEY: 'sk-ant-test-key' },
    ...changes,
  };
}

type ResponsesSettings = NonNullable<RunRequest['responses']>;

/** With an API key unless `changes` say otherwise. */
export function responsesSettings(
  server: ModelServer,
  changes: Partial<ResponsesSettings> = {},
): ResponsesSettings {
  return {
    approvalPolicy: 'auto',
    auth: 'api_key',
    baseUrl: server.openaiBaseUrl,
    isLite: false,
    transport: 'sse',
    ...changes,
  };
}

export const chat = (text: string) =>
  `<messages><message sender="Ada" time="09:00">${text}</message></messages>`;
