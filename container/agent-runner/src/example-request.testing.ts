import { PROTOCOL_VERSION, type RunRequest } from '@deckhand/protocol';

/** A request for unit tests; `changes` replaces whole top-level fields. */
export function exampleRequest(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    type: 'run',
    v: PROTOCOL_VERSION,
    runId: 'run-1',
    provider: 'codex',
    assistantName: 'Assistant',
    group: { jid: '123@g.us', name: 'Crew', folder: 'crew', isMain: false },
    globalMemory: '',
    history: '',
    prompt: '<messages><message sender="Ada" time="09:00">hello</message></messages>',
    timeZone: 'Europe/Berlin',
    timeoutMs: 60_000,
    maxOutputChars: 10_000,
    codex: { approvalPolicy: 'auto', auth: 'api_key' },
    claude: {},
    secrets: { OPENAI_API_KEY: 'sk-openai-secret' },
    ...changes,
  };
}
