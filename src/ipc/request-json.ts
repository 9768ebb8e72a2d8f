import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { parseJson } from '../core/parse-json.ts';
import type { Refusal } from './command.ts';

export type RequestJson = { ok: true; type: string; value: unknown } | ({ ok: false } & Refusal);

/** `type` decides who checks the other fields. */
const envelopeSchema = z.looseObject({ type: z.string().min(1).max(64) });

export function parseRequest(bytes: Uint8Array): RequestJson {
  if (!isUtf8(bytes)) return malformed('is not UTF-8');
  const value = parseJson(new TextDecoder().decode(bytes));
  if (value === undefined) return malformed('is not valid JSON');
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) return malformed('is not an object with a "type"');
  return { ok: true, type: envelope.data.type, value };
}

function malformed(what: string): RequestJson {
  return {
    ok: false,
    code: 'malformed',
    error: `The request ${what}. Write one JSON object and rename the file into place when complete.`,
  };
}
