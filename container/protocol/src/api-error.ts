import { z } from 'zod';
import { decodeLine } from './ndjson.ts';

/** Longest text of a server's error that is quoted. */
const MAX_QUOTED_CHARS = 500;

/** What the API says of an error, in a body, an event or a failed response. */
export interface ApiError {
  /** HTTP status; absent for an error inside a stream that names none. */
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly message: string;
  /** When a usage limit ends, unix seconds. */
  readonly resetsAt?: number | undefined;
  readonly resetsInSeconds?: number | undefined;
}

/** The error object of the API; every part may be missing or null. */
export const errorObjectSchema = z.looseObject({
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
  message: z.string().nullish(),
  resets_at: z.number().nullish(),
  resets_in_seconds: z.number().nullish(),
});
type ErrorObject = z.infer<typeof errorObjectSchema>;

const bodySchema = z.union([
  z.looseObject({ error: errorObjectSchema }),
  z.looseObject({ detail: z.string() }),
]);

export function toApiError(error: ErrorObject | null | undefined, status?: number): ApiError {
  return {
    status,
    code: error?.code?.toString(),
    type: error?.type ?? undefined,
    message: (error?.message ?? 'no message').slice(0, MAX_QUOTED_CHARS),
    resetsAt: error?.resets_at ?? undefined,
    resetsInSeconds: error?.resets_in_seconds ?? undefined,
  };
}

/** Reads the body of a refused request: `{"error":{…}}`, `{"detail":"…"}`, or anything a proxy may say. */
export function readErrorBody(status: number, body: string): ApiError {
  const decoded = decodeLine(body);
  const read = bodySchema.safeParse(decoded.ok ? decoded.value : undefined);
  if (!read.success) {
    const text = body.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_QUOTED_CHARS);
    return { status, message: text === '' ? 'no message' : text };
  }
  const { data } = read;
  if ('error' in data) return toApiError(errorObjectSchema.parse(data.error), status);
  return { status, message: data.detail.slice(0, MAX_QUOTED_CHARS) };
}
