import { decodeLine, type HostLine, hostLineSchema } from '@deckhand/protocol';
import { z } from 'zod';

/**
 * What a line of the host is: a request, a request that cannot be read but names its run (the host waits
 * for an end of it), or nothing that can be answered.
 */
export type ReadLine =
  | { status: 'ok'; line: HostLine }
  | { status: 'bad_run'; runId: string; reason: string }
  | { status: 'noise'; reason: string };

const namedRunSchema = z.looseObject({ type: z.literal('run'), runId: z.string().min(1) });

/** Paths and codes only: what the line holds may be a secret. */
function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'line'}: ${issue.code}`).join('; ');
}

export function readHostLine(text: string): ReadLine {
  const decoded = decodeLine(text);
  if (!decoded.ok) return { status: 'noise', reason: 'not JSON' };
  const parsed = hostLineSchema.safeParse(decoded.value);
  if (parsed.success) return { status: 'ok', line: parsed.data };
  const reason = describeIssues(parsed.error);
  const named = namedRunSchema.safeParse(decoded.value);
  return named.success
    ? { status: 'bad_run', runId: named.data.runId, reason }
    : { status: 'noise', reason };
}
