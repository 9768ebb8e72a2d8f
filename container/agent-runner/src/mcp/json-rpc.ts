import { decodeLine } from '@deckhand/protocol';
import { z } from 'zod';

const idSchema = z.union([z.string(), z.number()]);

/** What MCP's client may send: a request with an id, or a notification (or an answer) that gets no answer. */
const requestSchema = z.looseObject({
  jsonrpc: z.literal('2.0'),
  id: idSchema,
  method: z.string(),
  params: z.looseObject({}).optional(),
});
export type JsonRpcRequest = z.infer<typeof requestSchema>;

const RPC_ERROR = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
} as const;

export type JsonRpcAnswer = { readonly jsonrpc: '2.0'; readonly id: string | number | null } & (
  | { readonly result: unknown }
  | { readonly error: { readonly code: number; readonly message: string } }
);

export type ReadRpc =
  | { status: 'request'; request: JsonRpcRequest }
  | { status: 'silent' }
  | { status: 'bad'; answer: JsonRpcAnswer };

/** What one message of the client asks for. */
export function readRpc(text: string): ReadRpc {
  const decoded = decodeLine(text);
  if (!decoded.ok) return { status: 'bad', answer: failRpc(null, 'parse', 'not JSON') };
  const { value } = decoded;
  const request = requestSchema.safeParse(value);
  if (request.success) return { status: 'request', request: request.data };
  const named = z.looseObject({ id: idSchema, method: z.unknown() }).safeParse(value);
  if (!named.success || named.data.method === undefined) return { status: 'silent' };
  return {
    status: 'bad',
    answer: failRpc(named.data.id, 'invalidRequest', 'not a JSON-RPC 2.0 request'),
  };
}

export function failRpc(
  id: string | number | null,
  code: keyof typeof RPC_ERROR,
  message: string,
): JsonRpcAnswer {
  return { jsonrpc: '2.0', id, error: { code: RPC_ERROR[code], message } };
}
