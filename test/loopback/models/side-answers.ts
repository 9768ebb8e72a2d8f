/** What the CLIs ask besides the model; the answers are the shortest that make them go on. */
export const SIDE_ANSWERS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['GET /v1/models', { object: 'list', data: [], models: [] }],
  ['GET /backend-api/codex/models', { models: [] }],
  [
    'GET /backend-api/wham/accounts/check',
    {
      accounts: [
        {
          id: 'acct',
          workspace_backend_origin: 'NO_CONSTRAINT',
          account_routing_override: 'NO_CONSTRAINT',
        },
      ],
    },
  ],
  ['POST /v1/messages/count_tokens', { input_tokens: 100 }],
]);
