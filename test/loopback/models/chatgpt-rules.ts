import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

export interface Refusal {
  readonly status: number;
  readonly body: unknown;
}

export const CHATGPT_RESPONSES_PATH = '/backend-api/codex/responses';

/** Keys of the public API that the ChatGPT backend refuses. */
const FORBIDDEN_KEYS = ['max_output_tokens', 'temperature', 'top_p', 'previous_response_id'];

const bodySchema = z.looseObject({
  instructions: z.unknown().optional(),
  store: z.unknown().optional(),
  stream: z.unknown().optional(),
  input: z.unknown().optional(),
});

const refuse = (detail: string): Refusal => ({ status: 400, body: { detail } });
const isSystem = (item: unknown) => z.looseObject({ role: z.literal('system') }).safeParse(item);

/** Instructions are developer messages in the lite form, and in all that the CLI (0.169) sends. */
function mayLackInstructions(headers: IncomingHttpHeaders): boolean {
  const isLite = headers['x-openai-internal-codex-responses-lite'] === 'true';
  return isLite || headers['originator'] === 'codex_exec';
}

/** What the ChatGPT backend refuses that the public API takes; undefined for a request that it takes. */
export function refuseForChatgpt(body: unknown, headers: IncomingHttpHeaders): Refusal | undefined {
  const read = bodySchema.safeParse(body);
  if (!read.success) return refuse('Invalid JSON body');
  const { instructions, store, stream, input } = read.data;
  if (headers['chatgpt-account-id'] === undefined) return refuse('Missing chatgpt-account-id');
  if ((typeof instructions !== 'string' || instructions === '') && !mayLackInstructions(headers))
    return refuse('Instructions are required');
  if (store !== false) return refuse('Store must be set to false');
  if (stream !== true) return refuse('Stream must be set to true');
  if (!Array.isArray(input)) return refuse('Input must be a list');
  if (input.some((item) => isSystem(item).success))
    return refuse('System messages are not allowed');
  const forbidden = FORBIDDEN_KEYS.find((key) => key in read.data);
  return forbidden === undefined ? undefined : refuse(`Unsupported parameter: ${forbidden}`);
}

/** What both endpoints answer to a token that is over. */
export const EXPIRED_TOKEN: Refusal = {
  status: 401,
  body: {
    error: {
      message: 'Provided authentication token is expired. Please try signing in again.',
      type: null,
      code: 'token_expired',
    },
  },
};
